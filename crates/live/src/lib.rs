//! Live queries: a GET that is watched. Its URL is its name, its answer is its state.
//!
//! This crate is what both sides of a connection say to each other. It is pure, and compiles
//! natively and for wasm.

mod client;
mod connection;
mod endpoint;
mod message;
mod pairs;
mod writes;
mod written;

pub use client::{Action, Client, Entry, Event, Message};
pub use connection::{Clock, Link, Token, Want, pause};
pub use endpoint::{BadParams, Method, Mutation, Query, params};
pub use message::{FromPage, FromServer, State};
pub use pairs::Pairs;
pub use writes::{Answer, Outcome, Write};
pub use written::{WRITE, WriteKey, Written};
