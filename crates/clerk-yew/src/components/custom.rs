//! Own pages, links and menu items among the children of Clerk's components.

use std::rc::Rc;

use yew::html::ChildrenRenderer;
use yew::prelude::*;

use crate::props::{CustomItem, Entries, Item, Slot, Value};

/// The own items of a component, as clerk-js takes them.
pub struct Custom {
    pages: Vec<Value>,
    menu_items: Vec<Value>,
    /// What is to be seen in clerk-js's elements
    pub portals: Html,
}

impl Custom {
    /// Adds the pages to the options of a profile.
    pub fn pages(&self, mut profile: Entries) -> Entries {
        if !self.pages.is_empty() {
            profile.set("customPages", Some(Value::List(self.pages.clone())));
        }
        profile
    }

    /// Adds the pages to the options of a button that opens a profile, whose own options have this
    /// name.
    pub fn pages_of(&self, name: &'static str, mut button: Entries) -> Entries {
        if !self.pages.is_empty() {
            let profile = match button.get(name) {
                Some(Value::Object(profile)) => profile.clone(),
                _ => Entries::default(),
            };
            button.set(name, Some(self.pages(profile).into()));
        }
        button
    }

    /// Adds the menu items to the options of a button.
    pub fn menu_items(&self, mut button: Entries) -> Entries {
        if !self.menu_items.is_empty() {
            let items = Value::List(self.menu_items.clone());
            button.set("customMenuItems", Some(items));
        }
        button
    }
}

/// The own items among the children. One that was there before keeps its place, and so the state of
/// what is in it.
#[hook]
pub fn use_custom<Of: 'static>(children: &ChildrenRenderer<CustomItem<Of>>) -> Custom {
    let items = children.iter().map(|it| it.0).collect();
    use_items(items)
}

#[hook]
fn use_items(items: Vec<Rc<Item>>) -> Custom {
    let slots = use_mut_ref(Vec::<Box<dyn Slot>>::new);
    let update = use_force_update();
    let mut slots = slots.borrow_mut();
    let mut before = std::mem::take(&mut *slots);
    let mut custom = Custom {
        pages: Vec::new(),
        menu_items: Vec::new(),
        portals: Html::default(),
    };
    for item in &items {
        let slot = if let Some(index) = before.iter().position(|slot| slot.renew(item)) {
            before.remove(index)
        } else {
            let update = update.clone();
            item.new_slot(&Callback::from(move |()| update.force_update()))
        };
        let object = Value::Js(slot.object());
        if item.parts.is_menu_item {
            custom.menu_items.push(object);
        } else {
            custom.pages.push(object);
        }
        slots.push(slot);
    }
    if !slots.is_empty() {
        custom.portals = slots.iter().map(|slot| slot.portals()).collect();
    }
    custom
}
