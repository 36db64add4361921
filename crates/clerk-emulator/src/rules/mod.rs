//! The rules, whoever asks: a person by the Frontend API, a server by the Backend API.

pub mod accounts;
pub mod admission;
pub mod beginning;
pub mod cookies;
pub mod enrollment;
pub mod external_accounts;
pub mod factors;
pub mod images;
pub mod invitations;
pub mod lockout;
pub mod metadata;
pub mod organizations;
pub mod passkeys;
pub mod people;
pub mod reverification;
pub mod sessions;
pub mod sign_ins;
pub mod sign_ups;
pub mod tickets;
pub mod waitlist;
