//! The API over real HTTP, each story on SQLite and on PostgreSQL.

mod config;
mod events;
mod page;
mod postgres;
mod server;
mod tokens;
mod users;
mod world;
