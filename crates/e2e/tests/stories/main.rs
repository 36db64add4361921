//! What people do, each a story of its own.

mod account;
