//! Clerk's browser SDK (clerk-js) for [Yew](https://yew.rs).
//!
//! Wrap the app in a [`ClerkProvider`]; below it, hooks tell who is signed in and hand out
//! session tokens, and components show Clerk's prebuilt UI:
//!
//! ```no_run
//! use clerk_yew::{ClerkProvider, SignInButton, SignedIn, SignedOut, UserButton};
//! use yew::prelude::*;
//!
//! #[component]
//! fn App() -> Html {
//!     html! {
//!         <ClerkProvider publishable_key="pk_test_…">
//!             <SignedOut><SignInButton /></SignedOut>
//!             <SignedIn><UserButton /></SignedIn>
//!         </ClerkProvider>
//!     }
//! }
//! ```
//!
//! Layers, each built on the one before: `bindings` (clerk-js as it is), `bridge` (its values
//! in Rust, its scripts in the page), `machine` (which state follows from what happens; pure),
//! `provider` and `hooks`, `components`. clerk-js is one object for the whole page: so there
//! is one provider in a page, near the root.

mod bindings;
mod bridge;
mod components;
mod error;
mod hooks;
mod js;
mod machine;
mod provider;
pub mod resources;
mod scripts;
mod tabs;
mod task;

pub use bridge::{Appearance, TokenError, TokenOptions};
pub use components::{
    ClerkFailed, ClerkLoaded, ClerkLoading, SignIn, SignInButton, SignOutButton, SignUp,
    SignUpButton, SignedIn, SignedOut, UserButton, UserProfile,
};
pub use error::{ClerkError, ErrorKind, Reason};
pub use hooks::{Auth, ClerkHandle, use_auth, use_clerk, use_session, use_user};
pub use machine::{LoadError, Session, Status, User};
pub use provider::{ClerkProvider, ClerkProviderProps};
pub use task::Task;
