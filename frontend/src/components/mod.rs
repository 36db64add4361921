//! Parts of pages. A part that needs no state of its own is a plain function: each component costs
//! some kilobytes of wasm.

mod notice;
mod spinner;
mod theme;

pub use notice::{notice, retry_button};
pub use spinner::{small_spinner, spinner};
pub use theme::theme_switch;
