//! Parts of pages.

mod connected;
mod field;
mod greeting;
mod live_notice;
mod notice;
mod profile_edit;
mod profile_view;
mod spinner;

pub use connected::Connected;
pub use greeting::Greeting;
pub use live_notice::LiveNotice;
pub use notice::Notice;
pub use profile_view::ProfileView;
pub use spinner::{Size, Spinner};
