//! What people do, each a story of its own.

mod accessibility;
mod account;
mod board;
mod clerk_ui;
mod dashboard;
mod emulator_faults;
mod engines;
mod faults;
mod first_bytes;
mod gallery;
mod intruders;
mod keyboard;
mod live;
mod notes;
mod pages;
mod privacy;
mod states;
