//! Buttons. They look as the app wants them to.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use yew::prelude::*;
use yew::virtual_dom::VNode;

use crate::clerk::Clerk;
use crate::hooks::use_clerk;
use crate::js;
use crate::props::{
    Attributes, ButtonMode, Entries, InviteMembersButtonProps, SignInButtonProps,
    SignInWithMetamaskButtonProps, SignOutButtonProps, SignUpButtonProps,
};

/// What all buttons take.
struct Frame<'a> {
    id: &'a Option<AttrValue>,
    class: &'a Classes,
    attributes: &'a Attributes,
    onclick: &'a Callback<MouseEvent>,
    children: &'a Children,
}

macro_rules! frame {
    ($props:ident) => {
        Frame {
            id: &$props.id,
            class: &$props.class,
            attributes: &$props.attributes,
            onclick: &$props.onclick,
            children: &$props.children,
        }
    };
}

/// A button that asks something of Clerk: around its children, or their one element.
fn button(frame: &Frame<'_>, label: &'static str, clerk: Clerk, request: Request) -> Html {
    let first = frame.onclick.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        first.emit(event.clone());
        if !event.default_prevented() {
            clerk.call(request.method, &request.options());
        }
    });
    let mut children = frame.children.iter();
    let (only, more) = (children.next(), children.next());
    if let (Some(VNode::VTag(element)), None) = (&only, &more) {
        let mut element = (**element).clone();
        element.add_listener(Rc::new(yew::html::onclick::Wrapper::new(onclick)));
        return frame.attributes.add_to(element.into());
    }
    let label: Html = match only {
        None => Html::from(label),
        Some(_) => frame.children.clone().into(),
    };
    let (id, class) = (frame.id.clone(), frame.class.clone());
    frame
        .attributes
        .add_to(html! { <button type="button" {id} {class} {onclick}>{ label }</button> })
}

/// What is asked of Clerk.
struct Request {
    method: &'static str,
    entries: Entries,
    /// Options that have another name there, too
    renamed: &'static [(&'static str, &'static str)],
}

impl Request {
    fn options(&self) -> JsValue {
        let options = self.entries.to_js();
        for (name, there) in self.renamed {
            js::set(&options, there, &js::get(&options, name));
        }
        options
    }
}

/// A form that a button opens.
struct Form {
    /// Over the page
    open: &'static str,
    /// On its own page
    redirect: &'static str,
    /// What options are called there
    renamed: &'static [(&'static str, &'static str)],
}

impl Form {
    fn request(&self, clerk: &Clerk, mode: ButtonMode, entries: &Entries) -> Request {
        let entries = entries.clone();
        match mode {
            ButtonMode::Redirect => Request {
                method: self.redirect,
                entries,
                renamed: self.renamed,
            },
            ButtonMode::Modal => Request {
                method: self.open,
                entries: clerk.placed(entries),
                renamed: &[],
            },
        }
    }
}

/// Opens the form for signing in, on its page or over this one.
///
/// ```
/// # use clerk_yew::{ButtonMode, SignInButton};
/// # use yew::prelude::*;
/// # #[component]
/// # fn Header() -> Html {
/// html! {
///     <>
///         <SignInButton class="button" fallback_redirect_url="/home">{ "Come in" }</SignInButton>
///         <SignInButton mode={ButtonMode::Modal}>
///             <a href="#" aria-label="Sign in">{ "🔑" }</a>
///         </SignInButton>
///     </>
/// }
/// # }
/// ```
#[component]
pub fn SignInButton(props: &SignInButtonProps) -> Html {
    const FORM: &Form = &Form {
        open: "openSignIn",
        redirect: "redirectToSignIn",
        renamed: &[
            ("forceRedirectUrl", "signInForceRedirectUrl"),
            ("fallbackRedirectUrl", "signInFallbackRedirectUrl"),
        ],
    };
    let clerk = use_clerk();
    let request = FORM.request(&clerk, props.mode, &props.entries);
    button(&frame!(props), "Sign in", clerk, request)
}

/// Opens the form for signing up, on its page or over this one.
///
/// ```
/// # use clerk_yew::{InitialValues, SignUpButton};
/// # use yew::prelude::*;
/// # #[component]
/// # fn Header() -> Html {
/// let initial_values = InitialValues::new().email_address("ada@example.com");
/// html! { <SignUpButton id="join" {initial_values} /> }
/// # }
/// ```
#[component]
pub fn SignUpButton(props: &SignUpButtonProps) -> Html {
    const FORM: &Form = &Form {
        open: "openSignUp",
        redirect: "redirectToSignUp",
        renamed: &[
            ("forceRedirectUrl", "signUpForceRedirectUrl"),
            ("fallbackRedirectUrl", "signUpFallbackRedirectUrl"),
        ],
    };
    let clerk = use_clerk();
    let request = FORM.request(&clerk, props.mode, &props.entries);
    button(&frame!(props), "Sign up", clerk, request)
}

/// Buttons that ask one thing, each with the attributes of its example.
macro_rules! buttons {
    ($($(#[$doc:meta])* $name:ident($props:ty) $example:literal = $label:literal, $method:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// ```
        #[doc = concat!("# use clerk_yew::", stringify!($name), ";")]
        /// # use yew::prelude::*;
        /// # #[component]
        /// # fn Header() -> Html {
        #[doc = concat!("html! { <", stringify!($name), $example, " /> }")]
        /// # }
        /// ```
        #[component]
        pub fn $name(props: &$props) -> Html {
            let request = Request { method: $method, entries: props.entries.clone(), renamed: &[] };
            button(&frame!(props), $label, use_clerk(), request)
        }
    )*};
}

buttons! {
    /// Signs out, in every tab of this browser.
    SignOutButton(SignOutButtonProps) r#" redirect_url="/goodbye""# = "Sign out", "signOut";
    /// Opens the form for inviting members to the active organization, for members who may.
    InviteMembersButton(InviteMembersButtonProps) r#" class="button""# = "Invite members", "openInviteMembers";
    /// Signs in by the browser's Metamask wallet.
    SignInWithMetamaskButton(SignInWithMetamaskButtonProps) r#" redirect_url="/home""# = "Sign in with Metamask", "authenticateWithMetamask";
}
