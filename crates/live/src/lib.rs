//! Live queries: a GET that is watched. Its URL is its name, its answer is its state.
//!
//! This crate is what both sides of a connection say to each other. It is pure, and compiles
//! natively and for wasm.

mod endpoint;
mod message;

pub use endpoint::{BadParams, Method, Mutation, Query, params};
pub use message::{FromPage, FromServer, State};
