//! Own pages, links and menu items inside Clerk's components, as data.

use std::marker::PhantomData;
use std::rc::Rc;

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
        // What is in it is told apart where it is shown.
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Only Clerk's component shows it.
impl<Of> From<CustomItem<Of>> for Html {
    fn from(_: CustomItem<Of>) -> Self {
        Self::default()
    }
}

/// What an own item consists of.
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

/// Where a component's options have the pages of its profile.
#[derive(Clone, Copy)]
pub enum Profile {
    /// The component is the profile
    Itself,
    /// The component opens it; this option is the profile's options
    In(&'static str),
}

/// Puts items into a component's options; answers these, and what is to be seen in clerk-js's
/// elements. It keeps the items' places from one time to the next.
pub type Arrange = Box<dyn FnMut(&[Rc<Item>], &Entries, Profile) -> (Entries, Html)>;

/// An own item, and the way to arrange it among others. By this pointer the code for items is in the
/// page only when an item is.
pub struct Item {
    pub parts: Parts,
    pub arrange: fn() -> Arrange,
}
