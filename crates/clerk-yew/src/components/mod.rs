//! Components: what to show when, buttons, and Clerk's prebuilt UI.

mod buttons;
mod control;
mod mounted;

pub use buttons::{SignInButton, SignOutButton, SignUpButton};
pub use control::{ClerkFailed, ClerkLoaded, ClerkLoading, SignedIn, SignedOut};
pub use mounted::{SignIn, SignUp, UserButton, UserProfile};
