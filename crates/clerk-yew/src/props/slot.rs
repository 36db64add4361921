//! The place of an own item in Clerk's component.
//!
//! clerk-js makes an element for it and calls `mount` with that; what the app wants to see there is
//! rendered as part of the component, and so has its state and its context, and then put into that
//! element.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::Element;
use yew::prelude::*;

use super::custom::{Arrange, Item, Profile};
use super::value::{Entries, Value};
use crate::js;

/// See [`Item::arrange`].
pub fn arrange() -> Arrange {
    let slots = Slots::default();
    let update = slots.update.clone();
    let changed = Callback::from(move |()| {
        if let Some(update) = &*update.borrow() {
            update.force_update();
        }
    });
    Box::new(move |items, options, profile| {
        let before = slots.list.take();
        let now = renewed(before, items, &changed);
        let of_kind = |is_menu_item| -> Vec<Value> {
            now.iter()
                .filter(|slot| slot.is_menu_item() == is_menu_item)
                .map(|slot| Value::Js(slot.object.clone()))
                .collect()
        };
        let mut options = options.clone();
        let pages = of_kind(false);
        if !pages.is_empty() {
            add_pages(&mut options, profile, pages.into());
        }
        let menu_items = of_kind(true);
        if !menu_items.is_empty() {
            options.put("customMenuItems", menu_items.into());
        }
        slots.list.replace(now);
        (options, html! { <Contents slots={slots.clone()} /> })
    })
}

/// The slots of a component, and the way to show them anew.
#[derive(Clone, Default)]
struct Slots {
    list: Rc<RefCell<Vec<Slot>>>,
    update: Rc<RefCell<Option<UseForceUpdateHandle>>>,
}

/// What is in them may have changed.
impl PartialEq for Slots {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

#[derive(PartialEq, Properties)]
struct ContentsProps {
    slots: Slots,
}

/// What is to be seen in clerk-js's elements.
#[component]
fn Contents(props: &ContentsProps) -> Html {
    props.slots.update.replace(Some(use_force_update()));
    let list = props.slots.list.clone();
    use_effect(move || {
        let list = list.borrow();
        list.iter().flat_map(Slot::parts).for_each(Part::place);
    });
    let list = props.slots.list.clone();
    use_effect_with((), move |()| {
        move || {
            let list = list.borrow();
            list.iter().flat_map(Slot::parts).for_each(Part::leave);
        }
    });
    props
        .slots
        .list
        .borrow()
        .iter()
        .map(Slot::contents)
        .collect()
}

/// The slots of these items. An item that was there before keeps its slot, and so the state of what
/// is in it.
fn renewed(mut before: Vec<Slot>, items: &[Rc<Item>], changed: &Callback<()>) -> Vec<Slot> {
    let slot = |item| match before.iter().position(|slot| slot.renew(item)) {
        Some(index) => before.remove(index),
        None => Slot::new(item, changed),
    };
    items.iter().map(slot).collect()
}

fn add_pages(options: &mut Entries, profile: Profile, pages: Value) {
    let Profile::In(name) = profile else {
        return options.put("customPages", pages);
    };
    let mut profile = match options.get(name) {
        Some(Value::Object(profile)) => profile.clone(),
        _ => Entries::default(),
    };
    profile.put("customPages", pages);
    options.put(name, profile.into());
}

/// The place of an item.
struct Slot {
    item: Rc<RefCell<Rc<Item>>>,
    /// The item as clerk-js takes it
    object: JsValue,
    icon: Rc<Part>,
    content: Rc<Part>,
}

impl Slot {
    fn new(item: &Rc<Item>, changed: &Callback<()>) -> Self {
        let (icon, content) = (Rc::<Part>::default(), Rc::<Part>::default());
        let parts = &item.parts;
        let mut entries = parts.entries.clone();
        let mut function = |name, function| entries.put(name, Value::Js(function));
        let is_own = ["url", "href", "open"]
            .iter()
            .any(|it| parts.entries.get(it).is_some())
            || parts.onclick.is_some();
        if is_own {
            function("mountIcon", icon.mount(changed));
            function("unmountIcon", icon.unmount(changed));
        }
        if parts.content.is_some() {
            function("mount", content.mount(changed));
            function("unmount", content.unmount(changed));
        }
        let item = Rc::new(RefCell::new(item.clone()));
        if item.borrow().parts.onclick.is_some() {
            let item = item.clone();
            let onclick = Closure::<dyn Fn()>::new(move || {
                let onclick = item.borrow().parts.onclick.clone();
                if let Some(onclick) = onclick {
                    onclick.emit(());
                }
            });
            function("onClick", onclick.into_js_value());
        }
        let object = entries.to_js();
        Self {
            item,
            object,
            icon,
            content,
        }
    }

    /// Puts a newer version of the same item in; whether it is the same one.
    fn renew(&self, item: &Rc<Item>) -> bool {
        let mut mine = self.item.borrow_mut();
        let is_same = mine.parts.is_menu_item == item.parts.is_menu_item
            && mine.parts.entries == item.parts.entries
            && mine.parts.onclick.is_some() == item.parts.onclick.is_some()
            && mine.parts.content.is_some() == item.parts.content.is_some();
        if is_same {
            *mine = item.clone();
        }
        is_same
    }

    fn is_menu_item(&self) -> bool {
        self.item.borrow().parts.is_menu_item
    }

    fn parts(&self) -> [&Part; 2] {
        [&self.icon, &self.content]
    }

    /// What is to be seen in clerk-js's elements.
    fn contents(&self) -> Html {
        let item = self.item.borrow();
        let content = item.parts.content.clone().unwrap_or_default();
        // Apart from the other items, of which there may be more or fewer the next time.
        let key = Rc::as_ptr(&self.item) as usize;
        html! {
            <key={key}>
                { self.icon.rendered(item.parts.icon.clone()) }
                { self.content.rendered(content) }
            </>
        }
    }
}

/// What is shown in an element of clerk-js's. It makes a new element whenever it renders
/// anew; so there is one of ours inside, which moves along with all that is in it.
#[derive(Default)]
struct Part {
    /// Our element, once it is rendered
    node: NodeRef,
    /// The one in its place where Yew would not hear what happens in clerk-js's
    portal: OnceCell<Option<Element>>,
    /// clerk-js's element, while there is one
    host: RefCell<Option<Element>>,
}

impl Part {
    fn mount(self: &Rc<Self>, changed: &Callback<()>) -> JsValue {
        let (part, changed) = (self.clone(), changed.clone());
        Closure::<dyn Fn(Element)>::new(move |host: Element| {
            part.portal
                .get_or_init(|| (!is_in_app(&host)).then(new_element).flatten());
            part.host.replace(Some(host));
            part.place();
            changed.emit(());
        })
        .into_js_value()
    }

    fn unmount(self: &Rc<Self>, changed: &Callback<()>) -> JsValue {
        let (part, changed) = (self.clone(), changed.clone());
        Closure::<dyn Fn(JsValue)>::new(move |host: JsValue| {
            // The next element may be there before the one before has gone.
            let is_gone = part
                .host
                .borrow()
                .as_ref()
                .is_some_and(|it| host.is_undefined() || JsValue::from(it) == host);
            if is_gone {
                part.host.take();
                part.leave();
                changed.emit(());
            }
        })
        .into_js_value()
    }

    /// The element that is put into clerk-js's.
    fn element(&self) -> Option<Element> {
        let portal = self.portal.get().cloned().flatten();
        portal.or_else(|| self.node.cast())
    }

    /// Puts it there.
    fn place(&self) {
        let host = self.host.borrow();
        if let Some((host, element)) = host.as_ref().zip(self.element())
            && element.parent_element().as_ref() != Some(host)
        {
            // An element takes an element.
            let _ = host.append_child(&element);
        }
    }

    /// Takes it away.
    fn leave(&self) {
        if let Some(element) = self.element() {
            element.remove();
        }
    }

    /// What Yew renders. It keeps each portal for ever, with all that listens in it and the element
    /// that it is in; so there is one only where there must be.
    fn rendered(&self, html: Html) -> Html {
        if self.host.borrow().is_none() {
            return Html::default();
        }
        match self.portal.get() {
            Some(Some(portal)) => create_portal(html, portal.clone()),
            // Yew does not miss a child that was put elsewhere when its parent goes.
            _ => html! { <div hidden=true><div ref={&self.node}>{ html }</div></div> },
        }
    }
}

fn new_element() -> Option<Element> {
    web_sys::window()?.document()?.create_element("div").ok()
}

/// Whether an element is inside the app, whose root hears every event. A window over the page is
/// not if the root is not the page's body.
fn is_in_app(element: &Element) -> bool {
    let mut at = Some(element.clone());
    while let Some(element) = at {
        // By this Yew finds the root that an element belongs to.
        if js::member(&element, "__yew_subtree_id").is_some() {
            return true;
        }
        at = element.parent_element();
    }
    false
}
