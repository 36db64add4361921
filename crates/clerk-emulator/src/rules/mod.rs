//! The rules, whoever asks: a person by the Frontend API, a server by the Backend API.

pub mod accounts;
pub mod beginning;
pub mod cookies;
pub mod enrollment;
pub mod images;
pub mod lockout;
pub mod metadata;
pub mod organizations;
pub mod people;
pub mod sessions;
pub mod tickets;
