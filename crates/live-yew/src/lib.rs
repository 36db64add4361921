//! Live queries for Yew.
//!
//! A [`LiveProvider`] is above everything that uses them. [`use_query`] shows what a GET answers,
//! and from then on every new answer; [`use_mutation`] writes, and shows at once what the write will
//! change. All tabs of a person share one connection, whatever the number of queries, and a write
//! that cannot be sent waits, also when the page is closed, as long as the person is signed in. Servers
//! know a write again for 24 hours: one whose answer was lost longer ago is not sent again, and the
//! person is told so.
//!
//! ```
//! use live::{Mutation, Query};
//! use live_yew::{QueryState, use_mutation, use_query};
//! use yew::prelude::*;
//!
//! // In a crate that page and server share:
//! const NOTES: Query<(), Vec<String>> = Query::get("/api/notes");
//! const ADD: Mutation<(), String, ()> = Mutation::post("/api/notes");
//!
//! #[component]
//! fn Notes() -> Html {
//!     let notes = use_query(NOTES, ());
//!     let add = use_mutation(ADD).optimistic(|views, (), text| {
//!         views.update(NOTES, &(), |notes| notes.push(text.clone()));
//!     });
//!     match notes {
//!         QueryState::Loading => html! { "Loading…" },
//!         QueryState::Failed(failed) => html! { failed.to_string() },
//!         QueryState::Ready(notes) => html! {
//!             <>
//!                 { for notes.iter().map(|note| html! { <p>{ note }</p> }) }
//!                 <button onclick={move |_| add.call((), "Hello".to_owned())}>{ "Add" }</button>
//!             </>
//!         },
//!     }
//! }
//! ```

mod channel;
#[cfg(feature = "clerk")]
mod clerk;
mod election;
mod failure;
mod kept;
mod mutation;
mod provider;
mod query;
mod request;
mod socket;
mod store;
mod token;
mod views;

#[cfg(feature = "clerk")]
pub use clerk::{ClerkLiveProvider, ClerkLiveProviderProps};
pub use failure::Failure;
pub use live::Link;
pub use mutation::{Mutate, MutationState, use_mutation};
pub use provider::{LiveProvider, LiveProviderProps, use_link};
pub use query::{Answer, Failed, QueryState, use_queries, use_query};
pub use token::{Ask, Tokens};
pub use views::Views;
