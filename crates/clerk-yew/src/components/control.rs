//! Components that show their children in one state only.

use std::rc::Rc;

use clerk_claims::{Authorization, Condition};
use yew::html::IntoPropValue;
use yew::prelude::*;

use crate::hooks::use_selected;
use crate::state::{Signed, Status};
use crate::store::Snapshot;

/// What the components without a condition of their own take.
#[derive(Clone, Debug, PartialEq, Properties)]
#[non_exhaustive]
pub struct ControlProps {
    /// Shown in the right state, and not even created in any other
    #[prop_or_default]
    pub children: Html,
}

/// The children, in one state only.
#[hook]
fn use_when(props: &ControlProps, condition: fn(&Snapshot) -> bool) -> Html {
    if use_selected(condition) {
        props.children.clone()
    } else {
        Html::default()
    }
}

/// Components with their condition.
macro_rules! controls {
    ($($(#[$doc:meta])* $name:ident = $condition:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// ```
        #[doc = concat!("# use clerk_yew::", stringify!($name), ";")]
        /// # use yew::prelude::*;
        /// # #[component]
        /// # fn Page() -> Html {
        #[doc = concat!("html! { <", stringify!($name), ">{ \"now\" }</", stringify!($name), "> }")]
        /// # }
        /// ```
        #[component]
        pub fn $name(props: &ControlProps) -> Html {
            use_when(props, $condition)
        }
    )*};
}

controls! {
    /// Shows its children when somebody is signed in. Whoever must still do something
    /// (<https://clerk.com/docs/guides/configure/session-tasks>) is not.
    SignedIn = |now| now.signed.is_signed_in();
    /// Shows its children when nobody is signed in. Whoever must still do something counts as
    /// nobody.
    SignedOut = |now| now.signed.is_signed_out();
    /// Shows its children while Clerk is loading.
    ClerkLoading = |now| now.status == Status::Loading;
    /// Shows its children once Clerk is loaded.
    ClerkLoaded = |now| now.status.is_loaded();
    /// Shows its children when Clerk could not be loaded. [`Clerk::retry`](crate::Clerk::retry)
    /// tries again.
    ClerkFailed = |now| matches!(now.status, Status::Failed(_));
    /// Shows its children when Clerk is loaded, and its servers do not answer as they should.
    ClerkDegraded = |now| now.status == Status::Degraded;
}

/// When a [`Show`] shows its children.
#[derive(Clone)]
#[non_exhaustive]
pub enum When {
    /// Somebody is signed in.
    SignedIn,
    /// Nobody is signed in.
    SignedOut,
    /// Somebody is signed in who meets the condition.
    Has(Condition),
    /// Somebody is signed in of whom this is true.
    Predicate(Rc<dyn Fn(&Authorization) -> bool>),
}

impl When {
    /// Somebody is signed in of whom this is true.
    ///
    /// ```
    /// # use clerk_yew::{Condition, When};
    /// When::predicate(|session| {
    ///     session.has(&Condition::new().role("org:admin")) && session.org_slug.is_some()
    /// });
    /// ```
    pub fn predicate(predicate: impl Fn(&Authorization) -> bool + 'static) -> Self {
        Self::Predicate(Rc::new(predicate))
    }

    fn is_met_by(&self, session: Option<&Authorization>) -> bool {
        match (self, session) {
            (Self::SignedIn, session) => session.is_some(),
            (Self::SignedOut, session) => session.is_none(),
            (Self::Has(condition), Some(session)) => session.has(condition),
            (Self::Predicate(predicate), Some(session)) => predicate(session),
            (_, None) => false,
        }
    }
}

impl PartialEq for When {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::SignedIn, Self::SignedIn) | (Self::SignedOut, Self::SignedOut) => true,
            (Self::Has(mine), Self::Has(theirs)) => mine == theirs,
            (Self::Predicate(mine), Self::Predicate(theirs)) => Rc::ptr_eq(mine, theirs),
            _ => false,
        }
    }
}

impl IntoPropValue<When> for Condition {
    fn into_prop_value(self) -> When {
        When::Has(self)
    }
}

/// What a [`Show`] takes.
#[derive(Clone, PartialEq, Properties)]
#[non_exhaustive]
pub struct ShowProps {
    /// The condition
    pub when: When,
    /// Shown when the condition is not met; nothing is shown while Clerk is loading
    #[prop_or_default]
    pub fallback: Html,
    /// Whether somebody who must still do something
    /// (<https://clerk.com/docs/guides/configure/session-tasks>) counts as signed out
    #[prop_or(true)]
    pub treat_pending_as_signed_out: bool,
    /// Shown when the condition is met
    #[prop_or_default]
    pub children: Html,
}

/// Shows its children when a condition is met
/// (<https://clerk.com/docs/react/reference/components/control/show>). It decides what is to be
/// seen; what may be read and written the server must decide.
///
/// ```
/// use clerk_yew::{Condition, Show, When};
/// use yew::prelude::*;
///
/// #[component]
/// fn Page() -> Html {
///     html! {
///         <>
///             <Show when={When::SignedOut}>{ "Hello, stranger" }</Show>
///             <Show
///                 when={Condition::new().permission("org:invoices:create")}
///                 fallback={html! { "Ask an administrator." }}
///             >
///                 { "New invoice" }
///             </Show>
///         </>
///     }
/// }
/// ```
#[component]
pub fn Show(props: &ShowProps) -> Html {
    let (when, pending_is_nobody) = (props.when.clone(), props.treat_pending_as_signed_out);
    let is_met = use_selected(move |now| {
        let session = match &now.signed {
            Signed::Loading => return None,
            Signed::SignedOut => None,
            Signed::Pending(_) if pending_is_nobody => None,
            Signed::Pending(known) | Signed::SignedIn(known) => Some(known.authorization()),
        };
        Some(when.is_met_by(session.as_ref()))
    });
    match is_met {
        None => Html::default(),
        Some(true) => props.children.clone(),
        Some(false) => props.fallback.clone(),
    }
}

/// What a [`Protect`] takes. All that is named must be met; without any, somebody must be signed in.
#[derive(Clone, PartialEq, Properties)]
#[non_exhaustive]
pub struct ProtectProps {
    /// A role in the active organization, such as `org:admin`
    #[prop_or_default]
    pub role: Option<AttrValue>,
    /// A permission in the active organization, such as `org:invoices:create`
    #[prop_or_default]
    pub permission: Option<AttrValue>,
    /// A feature, such as `user:reports` or `org:reports`
    #[prop_or_default]
    pub feature: Option<AttrValue>,
    /// A plan, such as `user:pro` or `org:pro`
    #[prop_or_default]
    pub plan: Option<AttrValue>,
    /// Shown to anybody else
    #[prop_or_default]
    pub fallback: Html,
    /// Whether somebody who must still do something counts as signed out
    #[prop_or(true)]
    pub treat_pending_as_signed_out: bool,
    /// Shown to whoever meets the condition
    #[prop_or_default]
    pub children: Html,
}

/// [`Show`] in short, for a role, a permission, a feature or a plan.
///
/// ```
/// # use clerk_yew::Protect;
/// # use yew::prelude::*;
/// # #[component]
/// # fn Page() -> Html {
/// html! { <Protect role="org:admin" fallback={html! { "No." }}>{ "Settings" }</Protect> }
/// # }
/// ```
#[component]
pub fn Protect(props: &ProtectProps) -> Html {
    let mut condition = Condition::new();
    for (wanted, part) in [
        (&props.role, &mut condition.role),
        (&props.permission, &mut condition.permission),
        (&props.feature, &mut condition.feature),
        (&props.plan, &mut condition.plan),
    ] {
        *part = wanted.as_ref().map(|it| it.to_string().into());
    }
    let when = if condition.is_empty() {
        When::SignedIn
    } else {
        When::Has(condition)
    };
    html! {
        <Show
            {when}
            fallback={props.fallback.clone()}
            treat_pending_as_signed_out={props.treat_pending_as_signed_out}
        >
            { props.children.clone() }
        </Show>
    }
}
