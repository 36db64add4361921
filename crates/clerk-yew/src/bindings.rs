//! clerk-js as it is: the object `window.Clerk`
//! (<https://clerk.com/docs/js-frontend/reference/objects/clerk>).

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use web_sys::Element;

#[wasm_bindgen]
extern "C" {
    /// The global `Clerk` object.
    #[derive(Clone, Debug)]
    pub type Clerk;

    #[wasm_bindgen(method, getter)]
    pub fn loaded(this: &Clerk) -> bool;
    /// `undefined` while it changes, `null` when signed out.
    #[wasm_bindgen(method, getter)]
    pub fn user(this: &Clerk) -> JsValue;
    /// `undefined` while it changes, `null` when signed out.
    #[wasm_bindgen(method, getter)]
    pub fn session(this: &Clerk) -> JsValue;

    /// The browser's sessions; none until Clerk has loaded.
    #[wasm_bindgen(method, getter)]
    pub fn client(this: &Clerk) -> Option<JsClient>;

    #[wasm_bindgen(method, catch)]
    pub fn load(this: &Clerk, options: &JsValue) -> Result<Promise, JsValue>;
    /// Answers the function that removes the listener.
    #[wasm_bindgen(method, js_name = addListener)]
    pub fn add_listener(this: &Clerk, listener: &Function) -> Function;
    /// Where a sign-in leads.
    #[wasm_bindgen(method, js_name = buildAfterSignInUrl)]
    pub fn build_after_sign_in_url(this: &Clerk) -> String;
    /// Takes up one of the client's sessions.
    #[wasm_bindgen(method, catch, js_name = setActive)]
    pub fn set_active(this: &Clerk, params: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = signOut)]
    pub fn sign_out(this: &Clerk) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = redirectToSignIn)]
    pub fn redirect_to_sign_in(this: &Clerk) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = redirectToSignUp)]
    pub fn redirect_to_sign_up(this: &Clerk) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = mountSignIn)]
    pub fn mount_sign_in(this: &Clerk, node: &Element, props: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = unmountSignIn)]
    pub fn unmount_sign_in(this: &Clerk, node: &Element) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = mountSignUp)]
    pub fn mount_sign_up(this: &Clerk, node: &Element, props: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = unmountSignUp)]
    pub fn unmount_sign_up(this: &Clerk, node: &Element) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = mountUserButton)]
    pub fn mount_user_button(this: &Clerk, node: &Element, props: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = unmountUserButton)]
    pub fn unmount_user_button(this: &Clerk, node: &Element) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = mountUserProfile)]
    pub fn mount_user_profile(this: &Clerk, node: &Element, props: &JsValue)
    -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = unmountUserProfile)]
    pub fn unmount_user_profile(this: &Clerk, node: &Element) -> Result<(), JsValue>;

    /// What Clerk knows of this browser.
    pub type JsClient;
    #[wasm_bindgen(method, getter, js_name = lastActiveSessionId)]
    pub fn last_active_session_id(this: &JsClient) -> Option<String>;
    /// Asks Clerk anew.
    #[wasm_bindgen(method, catch)]
    pub fn reload(this: &JsClient) -> Result<Promise, JsValue>;

    /// A signed-in person.
    pub type JsUser;
    #[wasm_bindgen(method, getter)]
    pub fn id(this: &JsUser) -> String;
    #[wasm_bindgen(method, getter, js_name = firstName)]
    pub fn first_name(this: &JsUser) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = lastName)]
    pub fn last_name(this: &JsUser) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = imageUrl)]
    pub fn image_url(this: &JsUser) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = primaryEmailAddress)]
    pub fn primary_email_address(this: &JsUser) -> Option<JsEmailAddress>;

    /// One of a person's addresses.
    pub type JsEmailAddress;
    #[wasm_bindgen(method, getter, js_name = emailAddress)]
    pub fn email_address(this: &JsEmailAddress) -> String;

    /// A session.
    pub type JsSession;
    #[wasm_bindgen(method, getter)]
    pub fn id(this: &JsSession) -> String;
    /// `active`, or `pending` while the person must still do something.
    #[wasm_bindgen(method, getter)]
    pub fn status(this: &JsSession) -> Option<String>;
    /// Resolves to the token, or to `null` when there is none.
    #[wasm_bindgen(method, catch, js_name = getToken)]
    pub fn get_token(this: &JsSession, options: &JsValue) -> Result<Promise, JsValue>;
}
