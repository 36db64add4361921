//! Own pages, links and menu items inside Clerk's components, as data.

use std::marker::PhantomData;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use yew::prelude::*;

use super::value::Entries;

/// What [`UserProfilePage`](crate::UserProfilePage) and [`OrganizationProfilePage`](crate::OrganizationProfilePage) take.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct CustomPageProps {
    /// Its name in the menu; alone, it moves one of Clerk's own pages here: `account`, `security`,
    /// `general`, `members`, `billing` or `apiKeys`
    pub label: AttrValue,
    /// Its path below the profile's
    #[prop_or_default]
    pub url: Option<AttrValue>,
    /// Its picture in the menu
    #[prop_or_default]
    pub label_icon: Html,
    /// The page
    #[prop_or_default]
    pub children: Html,
}

/// What [`UserProfileLink`](crate::UserProfileLink) and [`OrganizationProfileLink`](crate::OrganizationProfileLink) take.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct CustomLinkProps {
    /// Its name in the menu
    pub label: AttrValue,
    /// Where it leads
    pub url: AttrValue,
    /// Its picture in the menu
    #[prop_or_default]
    pub label_icon: Html,
}

/// What [`UserButtonAction`](crate::UserButtonAction) takes.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct UserButtonActionProps {
    /// Its name in the menu; alone, it moves one of Clerk's own items here: `manageAccount` or
    /// `signOut`
    pub label: AttrValue,
    /// Its picture in the menu
    #[prop_or_default]
    pub label_icon: Html,
    /// What it does
    #[prop_or_default]
    pub onclick: Option<Callback<()>>,
    /// The page of the profile that it opens, in place of an `onclick`
    #[prop_or_default]
    pub open: Option<AttrValue>,
}

/// What [`UserButtonLink`](crate::UserButtonLink) takes.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct UserButtonLinkProps {
    /// Its name in the menu
    pub label: AttrValue,
    /// Where it leads
    pub href: AttrValue,
    /// Its picture in the menu
    #[prop_or_default]
    pub label_icon: Html,
}

/// An own item as a child of the component whose props are `Of`. [`UserProfilePage`](crate::UserProfilePage)
/// and its like become one.
pub struct CustomItem<Of>(pub(crate) Rc<Item>, PhantomData<fn() -> Of>);

impl<Of> CustomItem<Of> {
    pub(super) fn new(item: Item) -> Self {
        Self(Rc::new(item), PhantomData)
    }
}

impl<Of> Clone for CustomItem<Of> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<Of> PartialEq for CustomItem<Of> {
    fn eq(&self, other: &Self) -> bool {
        self.0.parts == other.0.parts
    }
}

/// Only Clerk's component shows it.
impl<Of> From<CustomItem<Of>> for Html {
    fn from(_: CustomItem<Of>) -> Self {
        Self::default()
    }
}

/// What an own item consists of.
#[derive(PartialEq)]
pub struct Parts {
    /// Whether it is in the button's menu, and not in the profile's
    pub is_menu_item: bool,
    /// What it has as data: `label`, `url`, `href`, `open`
    pub entries: Entries,
    pub onclick: Option<Callback<()>>,
    pub icon: Html,
    /// A page's content
    pub content: Option<Html>,
}

impl From<CustomPageProps> for Parts {
    fn from(props: CustomPageProps) -> Self {
        let is_own = props.url.is_some();
        Self {
            is_menu_item: false,
            entries: entries(props.label, "url", props.url),
            onclick: None,
            icon: props.label_icon,
            content: is_own.then_some(props.children),
        }
    }
}

impl From<CustomLinkProps> for Parts {
    fn from(props: CustomLinkProps) -> Self {
        Self {
            is_menu_item: false,
            entries: entries(props.label, "url", Some(props.url)),
            onclick: None,
            icon: props.label_icon,
            content: None,
        }
    }
}

impl From<UserButtonActionProps> for Parts {
    fn from(props: UserButtonActionProps) -> Self {
        let open = props.open.map(|open| match open.strip_prefix('/') {
            Some(_) => open,
            None => ["/", &open].concat().into(),
        });
        Self {
            is_menu_item: true,
            entries: entries(props.label, "open", open),
            onclick: props.onclick,
            icon: props.label_icon,
            content: None,
        }
    }
}

impl From<UserButtonLinkProps> for Parts {
    fn from(props: UserButtonLinkProps) -> Self {
        Self {
            is_menu_item: true,
            entries: entries(props.label, "href", Some(props.href)),
            onclick: None,
            icon: props.label_icon,
            content: None,
        }
    }
}

fn entries(label: AttrValue, name: &'static str, target: Option<AttrValue>) -> Entries {
    let mut entries = Entries::default();
    entries.set("label", Some(label.into()));
    entries.set(name, target.map(Into::into));
    entries
}

/// Makes a place for an item, which says when what is to be shown there changes.
pub type NewSlot = fn(&Rc<Item>, &Callback<()>) -> Box<dyn Slot>;

/// An own item, and the way to make a slot for it. By this pointer the code for slots is in the page
/// only when one of these items is.
pub struct Item {
    pub parts: Parts,
    new_slot: NewSlot,
}

impl Item {
    pub fn new(parts: Parts, new_slot: NewSlot) -> Self {
        Self { parts, new_slot }
    }

    /// A place for it.
    pub fn new_slot(self: &Rc<Self>, changed: &Callback<()>) -> Box<dyn Slot> {
        (self.new_slot)(self, changed)
    }
}

/// The place of an own item in Clerk's component.
pub trait Slot {
    /// Puts a newer version of the same item in; whether it is the same one.
    fn renew(&self, item: &Rc<Item>) -> bool;
    /// The item as clerk-js takes it.
    fn object(&self) -> JsValue;
    /// What is to be seen in Clerk's elements.
    fn portals(&self) -> Html;
}
