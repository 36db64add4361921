//! The account of who is signed in.

use clerk_yew::{
    APIKeys, OAuthConsent, UserAvatar, UserButton, UserButtonAction, UserButtonLink, UserProfile,
    UserProfileLink, UserProfilePage,
};
use yew::prelude::*;

use crate::toggle::use_toggle;

/// The picture with a menu: items of Clerk's and of the app's in one order, and pages of the app's in
/// the window that it opens.
#[component]
pub fn Button() -> Html {
    let (show_name, onclick) = use_toggle();
    let asked = use_state(|| 0);
    let help = {
        let asked = asked.clone();
        move |()| asked.set(*asked + 1)
    };
    html! {
        <>
            <button {onclick}>{ if show_name { "Without the name" } else { "With the name" } }</button>
            <UserButton {show_name}>
                <UserButtonAction label="Help" label_icon={html! { "?" }} onclick={help} />
                <UserButtonAction label="Terms of use" label_icon={html! { "§" }} open="terms" />
                <UserButtonLink label="Picture" label_icon={html! { "☺" }} href="/user-avatar" />
                <UserButtonAction label="signOut" />
                <UserProfilePage label="Terms" label_icon={html! { "§" }} url="terms"><Terms /></UserProfilePage>
            </UserButton>
            <p role="status">{ format!("Help was asked for {} times.", *asked) }</p>
        </>
    }
}

/// The whole account in the page, with a page of the app's and a link among Clerk's own.
#[component]
pub fn Profile() -> Html {
    html! {
        <UserProfile path="/user-profile">
            <UserProfilePage label="Terms" label_icon={html! { "§" }} url="terms"><Terms /></UserProfilePage>
            <UserProfileLink label="Gallery" label_icon={html! { "⌂" }} url="/" />
            <UserProfilePage label="security" />
        </UserProfile>
    }
}

/// An own page: a component as any other, with its own state.
#[component]
fn Terms() -> Html {
    let (agreed, onclick) = use_toggle();
    html! {
        <>
            <h1>{ "Terms of use" }</h1>
            <button {onclick}>{ if agreed { "You agreed" } else { "Agree" } }</button>
        </>
    }
}

/// The picture alone.
#[component]
pub fn Avatar() -> Html {
    let (square, onclick) = use_toggle();
    html! {
        <>
            <button {onclick}>{ if square { "Round" } else { "Square" } }</button>
            <UserAvatar rounded={!square} />
        </>
    }
}

/// API keys. Clerk refuses to show them when the instance has none, and says so.
#[component]
pub fn Keys() -> Html {
    let refused = use_state(String::new);
    let setter = refused.setter();
    let on_error = move |error: clerk_yew::ClerkError| setter.set(error.to_string());
    html! {
        <>
            <APIKeys per_page=20 show_description=true {on_error} />
            <p class="error" role="alert">{ (*refused).clone() }</p>
        </>
    }
}

/// The consent to what another app asks for: which one, and what for, stands in the address that
/// Clerk leads to.
#[component]
pub fn Consent() -> Html {
    html! { <OAuthConsent /> }
}
