//! What people do, each a story of its own.

mod account;
mod faults;
mod live;
mod pages;
mod privacy;
