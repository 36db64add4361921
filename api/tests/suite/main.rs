//! The API over real HTTP, each story on SQLite and on PostgreSQL.

mod backup;
mod config;
mod database;
mod deployment;
mod emulator;
mod events;
mod headers;
mod hosts;
mod isolation;
mod jwks;
mod limits;
mod live;
mod logs;
mod openapi;
mod page;
mod postgres;
mod process;
mod proxy;
mod replicas;
mod server;
mod stream;
mod tokens;
mod users;
mod webhooks;
mod world;
mod writes;
