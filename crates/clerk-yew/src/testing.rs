//! For the tests of apps: Clerk in a state that the test chooses, without Clerk.
//!
//! Nothing here needs a browser, but what reads clerk-js's own objects does
//! ([`use_user`](crate::use_user) and the like): those need WebAssembly and
//! [`TestClerk::of`], which takes objects of the test's own.
//!
//! ```
//! use clerk_yew::testing::{TestClerk, TestClerkProvider};
//! use clerk_yew::{Authorization, SignedIn, SignedOut, use_auth};
//! use yew::prelude::*;
//!
//! #[component]
//! fn Greeting() -> Html {
//!     let auth = use_auth();
//!     html! {
//!         <>
//!             <SignedIn>{ "Hello, " }{ auth.user_id().unwrap_or_default() }</SignedIn>
//!             <SignedOut>{ "Who are you?" }</SignedOut>
//!         </>
//!     }
//! }
//!
//! #[component]
//! fn Page() -> Html {
//!     let clerk = TestClerk::signed_in(Authorization::of_user("user_1"));
//!     html! { <TestClerkProvider {clerk}><Greeting /></TestClerkProvider> }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! // In a test, with yew's feature `ssr`:
//! let page = yew::LocalServerRenderer::<Page>::new().hydratable(false);
//! assert_eq!(page.render().await, "Hello, user_1");
//! # }
//! ```

use std::rc::Rc;

use clerk_claims::Authorization;
use wasm_bindgen::JsValue;
use yew::prelude::*;

use crate::clerk::Clerk;
use crate::page;
use crate::resources::{Session, User};
use crate::scripts::not_loaded;
use crate::state::{Signed, Status};
use crate::store::{Identity, Known, Snapshot, Store, signed};

/// Clerk in a state that a test chooses, for a [`TestClerkProvider`].
#[derive(Clone, PartialEq)]
pub struct TestClerk(Clerk);

impl TestClerk {
    /// It loads.
    pub fn loading() -> Self {
        Self::new(Snapshot::loading())
    }

    /// It did not load, for this reason.
    pub fn failed(message: &str) -> Self {
        let error = not_loaded("failed_to_load_clerk_js", message);
        Self::new(Snapshot::without(Status::Failed(error)))
    }

    /// Nobody is signed in.
    pub fn signed_out() -> Self {
        Self::ready(Signed::SignedOut)
    }

    /// Somebody is signed in, who may do this.
    pub fn signed_in(authorization: Authorization) -> Self {
        Self::ready(Signed::SignedIn(known(authorization)))
    }

    /// Somebody must still do something before they are signed in.
    pub fn pending(authorization: Authorization) -> Self {
        Self::ready(Signed::Pending(known(authorization)))
    }

    /// This object stands for clerk-js: it has the members that the test needs, such as `user`,
    /// `session` and methods. In WebAssembly only.
    pub fn of(clerk: JsValue) -> Self {
        Self::new(Snapshot {
            status: Status::Ready,
            signed: signed(&clerk).unwrap_or(Signed::Loading),
            clerk: Some(clerk),
        })
    }

    /// From now on it is in this state; what shows it renders anew.
    pub fn become_as(&self, other: &Self) {
        let now = other.0.0.now();
        self.0.0.set(Snapshot {
            status: now.status.clone(),
            signed: now.signed.as_ref().map(Rc::clone),
            clerk: now.clerk.clone(),
        });
    }

    fn ready(signed: Signed<Rc<Known>>) -> Self {
        Self::new(Snapshot {
            status: Status::Ready,
            signed,
            clerk: None,
        })
    }

    fn new(snapshot: Snapshot) -> Self {
        Self(Clerk::new(Rc::new(Store::new(snapshot))))
    }
}

fn known(mut authorization: Authorization) -> Rc<Known> {
    Rc::new(Known {
        factor_verification_age: authorization.factor_verification_age.take(),
        identity: Rc::new(Identity {
            session_id: "sess_test".to_owned(),
            authorization,
        }),
        user: User::new(JsValue::UNDEFINED),
        session: Session::new(JsValue::UNDEFINED),
        organization: None,
    })
}

/// What a [`TestClerkProvider`] takes.
#[derive(Properties, PartialEq)]
pub struct TestClerkProviderProps {
    /// The state of Clerk
    pub clerk: TestClerk,
    /// What is tested
    #[prop_or_default]
    pub children: Html,
}

/// In the place of a [`ClerkProvider`](crate::ClerkProvider): loads nothing, and stays in the
/// state that the test chose.
#[component]
pub fn TestClerkProvider(props: &TestClerkProviderProps) -> Html {
    let clerk = props.clerk.0.clone();
    html! {
        <ContextProvider<Clerk> context={clerk}>{ props.children.clone() }</ContextProvider<Clerk>>
    }
}

/// Forgets the page's Clerk, as if the page had just been opened: for tests in a browser that put
/// a `Clerk` of their own into the page.
pub fn new_page() {
    page::renew();
}
