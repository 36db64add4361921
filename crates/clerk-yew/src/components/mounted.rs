//! How clerk-js renders a component into an element of ours.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::Element;
use yew::prelude::*;

use crate::error::ClerkError;
use crate::hooks::{use_clerk, use_selected};
use crate::js;
use crate::props::{Arrange, Entries, Item, Profile};

/// One of clerk-js's components, by the methods that render it and take it away.
pub struct Kind {
    pub name: &'static str,
    pub mount: &'static str,
    pub unmount: &'static str,
    /// Whether it comes over the page, and not into an element
    pub is_modal: bool,
}

impl Kind {
    /// What its methods take: all of it, or what follows the element.
    fn arguments<'a>(&self, all: &'a [JsValue]) -> &'a [JsValue] {
        &all[usize::from(self.is_modal)..]
    }
}

/// What all these components take.
pub struct Frame<'a> {
    pub entries: &'a Entries,
    /// Own pages, links and menu items
    pub items: Vec<Rc<Item>>,
    pub profile: Profile,
    pub fallback: &'a Html,
    pub on_error: &'a Callback<ClerkError>,
}

/// Renders into an element for as long as the component lives, once Clerk is loaded.
#[hook]
pub fn use_mounted(kind: &'static Kind, frame: &Frame<'_>) -> Html {
    let node = use_node_ref();
    let clerk = use_selected(|now| now.clerk.clone());
    let state = use_mut_ref(State::default);
    let mut entries = use_clerk().placed(frame.entries.clone());
    // Yew has none of this element's nodes but a fallback's; clerk-js fills it after that has gone.
    let content = match (&clerk, frame.items.first()) {
        (None, _) => frame.fallback.clone(),
        (Some(_), None) => Html::default(),
        (Some(_), Some(first)) => {
            let arrange = &mut state.borrow_mut().arrange;
            let arrange = arrange.get_or_insert_with(first.arrange);
            let (with_items, portals) = arrange(&frame.items, &entries, frame.profile);
            entries = with_items;
            portals
        }
    };
    let (element, on_error) = (node.clone(), frame.on_error.clone());
    use_effect_with((clerk, entries), move |(clerk, entries)| {
        if let Some((clerk, element)) = clerk.as_ref().zip(element.cast::<Element>()) {
            let mut state = state.borrow_mut();
            let result = match &state.mounted {
                Some(mounted) => mounted.update(entries),
                None => Mounted::new(kind, clerk, element, entries)
                    .map(|mounted| state.mounted = Some(mounted)),
            };
            drop(state);
            if let Err(error) = result {
                js::report(&format!("{}: {error}", kind.name));
                on_error.emit(error);
            }
        }
    });
    html! { <div ref={node} data-clerk-component={kind.name}>{ content }</div> }
}

#[derive(Default)]
struct State {
    mounted: Option<Mounted>,
    arrange: Option<Arrange>,
}

/// What clerk-js has rendered. Dropping it takes it away.
struct Mounted {
    kind: &'static Kind,
    clerk: JsValue,
    element: Element,
}

impl Mounted {
    fn new(
        kind: &'static Kind,
        clerk: &JsValue,
        element: Element,
        entries: &Entries,
    ) -> Result<Self, ClerkError> {
        let arguments = [(&element).into(), entries.to_js()];
        js::call(clerk, kind.mount, kind.arguments(&arguments))?;
        Ok(Self {
            kind,
            clerk: clerk.clone(),
            element,
        })
    }

    fn update(&self, entries: &Entries) -> Result<(), ClerkError> {
        if self.kind.is_modal {
            // clerk-js cannot change what is open.
            return Ok(());
        }
        let update = js::object([("node", (&self.element).into()), ("props", entries.to_js())]);
        js::call(&self.clerk, "__internal_updateProps", &[update]).map(drop)
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let arguments = [(&self.element).into()];
        // clerk-js takes away what is there; what is not need not be.
        let _ = js::call(
            &self.clerk,
            self.kind.unmount,
            self.kind.arguments(&arguments),
        );
    }
}
