//! An app of one item of clerk-yew below its provider, as `cargo xtask prices` builds it for each item
//! in turn. `PRICES_ITEM` says which when it is compiled; without it the app has a component of its
//! own that uses nothing. Run on this machine, it prints the items' names: a line is an item, and
//! those that are the same code under another name.

use clerk_yew::{
    AuthenticateWithRedirectCallback, ClerkLoaded, ClerkProvider, Condition, GoogleOneTap,
    HandleSSOCallback, InviteMembersButton, OrganizationLists, PortalProvider, Protect,
    RedirectToSignIn, RedirectToUserProfile, Show, SignIn, SignInButton, SignInWithMetamaskButton,
    SignOutButton, SignOutOptions, SignedIn, Status, TokenOptions, UserAvatar, UserButton,
    UserButtonAction, UserLists, UserProfile, UserProfilePage, resources,
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// The item that this app is of.
const WANTED: &str = match option_env!("PRICES_ITEM") {
    Some(item) => item,
    None => "",
};
/// Stands for every item.
const EVERYTHING: &str = "everything";

/// Declares the items by name, each with the least that an app does with it.
macro_rules! items {
    ($([$name:ident $($alike:ident)*] { $($body:tt)* })*) => {
        #[allow(unused_imports, reason = "these names are clerk-yew's")]
        mod names {
            $(use clerk_yew::$name; $(use clerk_yew::$alike;)*)*
        }

        const NAMES: &[&str] = &[$(concat!(stringify!($name), $(" ", stringify!($alike)),*)),*];

        fn items() -> Vec<Html> {
            let mut shown = Vec::new();
            if const { is_same(WANTED, "") } {
                shown.push(html! { <Nothing /> });
            }
            $(if const { is_wanted(stringify!($name)) } {
                #[component]
                fn Item() -> Html { $($body)* }
                shown.push(html! { <Item /> });
            })*
            shown
        }
    };
}

/// What the items are compared with.
#[component]
fn Nothing() -> Html {
    Html::default()
}

/// What is not wanted is not compiled.
const fn is_wanted(name: &str) -> bool {
    is_same(WANTED, EVERYTHING) || is_same(WANTED, name)
}

const fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len() && index == b.len()
}

items! {
    [SignIn SignUp] { html! { <SignIn path="/sign-in" /> } }
    [UserButton OrganizationSwitcher] { html! { <UserButton /> } }
    [UserProfile OrganizationProfile] { html! { <UserProfile path="/account" /> } }
    [
        UserAvatar OrganizationList CreateOrganization Waitlist PricingTable APIKeys OAuthConsent
        TaskChooseOrganization TaskSetupMFA TaskResetPassword
    ] {
        html! { <UserAvatar /> }
    }
    [GoogleOneTap] { html! { <GoogleOneTap /> } }
    [UserProfilePage UserProfileLink OrganizationProfilePage OrganizationProfileLink] {
        html! { <UserProfile><UserProfilePage label="a" url="a">{ "a" }</UserProfilePage></UserProfile> }
    }
    [UserButtonAction UserButtonLink] {
        html! { <UserButton><UserButtonAction label="a" onclick={|()| ()} /></UserButton> }
    }
    [SignInButton SignUpButton] { html! { <SignInButton /> } }
    [SignOutButton] { html! { <SignOutButton /> } }
    [InviteMembersButton] { html! { <InviteMembersButton /> } }
    [SignInWithMetamaskButton] { html! { <SignInWithMetamaskButton /> } }
    [SignedIn SignedOut] { html! { <SignedIn>{ "a" }</SignedIn> } }
    [Show] { html! { <Show when={Condition::new().role("org:admin")}>{ "a" }</Show> } }
    [Protect] { html! { <Protect role="org:admin">{ "a" }</Protect> } }
    [ClerkLoaded ClerkLoading ClerkDegraded ClerkFailed] {
        html! { <ClerkLoaded>{ "a" }</ClerkLoaded> }
    }
    [RedirectToSignIn RedirectToSignUp RedirectToTasks] { html! { <RedirectToSignIn /> } }
    [RedirectToUserProfile RedirectToOrganizationProfile RedirectToCreateOrganization] {
        html! { <RedirectToUserProfile /> }
    }
    [AuthenticateWithRedirectCallback] { html! { <AuthenticateWithRedirectCallback /> } }
    [HandleSSOCallback] {
        html! {
            <HandleSSOCallback
                navigate_to_app={|_| ()}
                navigate_to_sign_in={|()| ()}
                navigate_to_sign_up={|()| ()}
            />
        }
    }
    [PortalProvider] {
        html! { <PortalProvider get_container={|()| None}>{ "a" }</PortalProvider> }
    }
    [use_auth] {
        let auth = clerk_yew::use_auth();
        html! { auth.user_id().unwrap_or_default() }
    }
    [get_token] {
        use_effect_with((), |()| spawn_local(async {
            let _ = clerk_yew::get_token(&TokenOptions::new()).await;
        }));
        Html::default()
    }
    [use_user] {
        let user = clerk_yew::use_user().signed_in();
        html! { user.map(|user| user.full_name()).unwrap_or_default() }
    }
    [use_session] {
        let session = clerk_yew::use_session().signed_in();
        html! { session.map(|session| session.id()).unwrap_or_default() }
    }
    [use_session_list] {
        let sessions = clerk_yew::use_session_list();
        html! { sessions.map_or(0, |sessions| sessions.len()) }
    }
    [use_clerk] {
        let clerk = clerk_yew::use_clerk();
        let onclick = move |_| clerk.sign_out(SignOutOptions::new());
        html! { <button {onclick} /> }
    }
    [use_clerk_status] {
        let status = clerk_yew::use_clerk_status();
        html! { matches!(status, Status::Ready) }
    }
    [use_organization] {
        let organization = clerk_yew::use_organization(OrganizationLists::new()).organization;
        html! { organization.map(|it| it.name()).unwrap_or_default() }
    }
    [use_organization_list] {
        let lists = UserLists::new().memberships(resources::GetPage::new());
        let list = clerk_yew::use_organization_list(lists);
        html! { list.user_memberships.data.iter().map(resources::OrganizationMembership::id).collect::<String>() }
    }
    [use_sign_in] {
        let state = clerk_yew::use_sign_in();
        let onclick = move |_| {
            let Some(sign_in) = state.sign_in.clone() else { return };
            spawn_local(async move {
                let password = resources::SignInPassword::new("a").identifier("b");
                if sign_in.password(&password).await.is_ok() {
                    let _ = sign_in.finalize(|_| ()).await;
                }
            });
        };
        html! { <button {onclick} /> }
    }
    [use_sign_up] {
        let state = clerk_yew::use_sign_up();
        let onclick = move |_| {
            let Some(sign_up) = state.sign_up.clone() else { return };
            spawn_local(async move {
                let password = resources::SignUpPassword::new("a").email_address("b");
                if sign_up.password(&password).await.is_ok() {
                    let _ = sign_up.finalize(|_| ()).await;
                }
            });
        };
        html! { <button {onclick} /> }
    }
    [use_waitlist] {
        let state = clerk_yew::use_waitlist();
        let onclick = move |_| {
            let Some(waitlist) = state.waitlist.clone() else { return };
            spawn_local(async move {
                let _ = waitlist.join("a").await;
            });
        };
        html! { <button {onclick} /> }
    }
    [use_email_link] {
        #[derive(PartialEq, Properties)]
        struct Props {
            address: resources::EmailAddress,
        }
        #[component]
        fn Link(props: &Props) -> Html {
            let link = clerk_yew::use_email_link(&props.address);
            let onclick = move |_| {
                let link = link.clone();
                spawn_local(async move {
                    let _ = link.start("/verified").await;
                });
            };
            html! { <button {onclick} /> }
        }
        let user = clerk_yew::use_user().signed_in();
        let address = user.and_then(|it| it.primary_email_address());
        address.map(|address| html! { <Link {address} /> }).unwrap_or_default()
    }
    [use_reverification] {
        let reverification = clerk_yew::use_reverification();
        let user = clerk_yew::use_user().signed_in();
        let onclick = move |_| {
            let (Some(user), reverification) = (user.clone(), reverification.clone()) else { return };
            spawn_local(async move {
                let _ = reverification.run(async || user.delete().await).await;
            });
        };
        html! { <button {onclick} /> }
    }
}

#[component]
fn App() -> Html {
    html! {
        <ClerkProvider publishable_key="pk_test_YS5iJA">{ for items() }</ClerkProvider>
    }
}

fn main() {
    if cfg!(target_arch = "wasm32") {
        yew::Renderer::<App>::new().render();
    } else {
        println!("{}", NAMES.join("\n"));
        println!("{EVERYTHING}");
    }
}
