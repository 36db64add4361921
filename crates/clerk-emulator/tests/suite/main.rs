//! The emulator over real HTTP: as clerk-js calls it, as servers do, and as tests do.
//!
//! With `CLERK_SPECS_DIR`, a folder that holds Clerk's OpenAPI documents (`fapi-*.yml`,
//! `bapi-*.yml`, `webhooks-*.yml`), every answer and event is checked against them.

mod accounts;
mod addresses;
mod attributes;
mod authenticator;
mod backend;
mod connections;
mod control;
mod document;
mod factors;
mod filters;
mod intruders;
mod kept;
mod links;
mod npm;
mod organizations;
mod providers;
mod refusals;
mod servers;
mod webhooks;
mod world;
