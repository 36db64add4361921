//! Parts of pages.

mod delete_account;
mod focus;
mod frame;
mod notice;
mod profile;
mod spinner;
mod theme;
mod time;

pub use delete_account::DeleteAccount;
pub use frame::{Header, footer};
pub use notice::Notice;
pub use profile::Profile;
pub use spinner::{Size, Spinner};
