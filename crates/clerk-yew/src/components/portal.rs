//! Where what comes over the page is put.

use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::Element;
use yew::prelude::*;

use crate::clerk::Clerk;
use crate::hooks::use_clerk;

/// What a [`PortalProvider`] takes.
#[derive(Clone, Debug, PartialEq, Properties)]
#[non_exhaustive]
pub struct PortalProviderProps {
    /// Answers the element; none: the page's body
    pub get_container: Callback<(), Option<Element>>,
    /// What is rendered within
    pub children: Html,
}

/// Puts the windows and menus of Clerk's components below it into an element of the app's, in place
/// of the page's body: a dialog that keeps the focus in itself would otherwise keep it from them.
///
/// ```
/// # use clerk_yew::{PortalProvider, UserButton};
/// # use yew::prelude::*;
/// # #[component]
/// # fn Page() -> Html {
/// let dialog = use_node_ref();
/// let get_container = {
///     let dialog = dialog.clone();
///     move |()| dialog.cast()
/// };
/// html! {
///     <dialog ref={dialog}>
///         <PortalProvider {get_container}><UserButton /></PortalProvider>
///     </dialog>
/// }
/// # }
/// ```
#[component]
pub fn PortalProvider(props: &PortalProviderProps) -> Html {
    let newest = use_mut_ref(|| props.get_container.clone());
    newest.borrow_mut().clone_from(&props.get_container);
    let function = use_state(|| {
        Closure::<dyn Fn() -> JsValue>::new(move || {
            let get_container = newest.borrow().clone();
            get_container.emit(()).map_or(JsValue::NULL, JsValue::from)
        })
        .into_js_value()
    });
    let context = use_clerk().within((*function).clone());
    html! {
        <ContextProvider<Clerk> {context}>{ props.children.clone() }</ContextProvider<Clerk>>
    }
}
