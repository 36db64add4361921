//! Own pages, links and menu items among the children of Clerk's components.

use std::rc::Rc;

use yew::html::ChildrenRenderer;
use yew::prelude::*;

use super::mounted::{Frame, Kind, use_mounted};
use crate::props::{Arrange, CustomItem, Item, Profile};

/// As [`use_mounted`], with the own items among the children.
#[hook]
pub fn use_mounted_with<Of: 'static>(
    kind: &'static Kind,
    frame: &Frame<'_>,
    profile: Profile,
    children: &ChildrenRenderer<CustomItem<Of>>,
) -> Html {
    use_arranged(
        kind,
        frame,
        profile,
        children.iter().map(|it| it.0).collect(),
    )
}

#[hook]
fn use_arranged(
    kind: &'static Kind,
    frame: &Frame<'_>,
    profile: Profile,
    items: Vec<Rc<Item>>,
) -> Html {
    let arrange = use_mut_ref(|| None::<Arrange>);
    let update = use_force_update();
    let arranged = items.first().map(|first| {
        let mut arrange = arrange.borrow_mut();
        let changed = || (first.arrange)(Callback::from(move |()| update.force_update()));
        arrange.get_or_insert_with(changed)(&items, frame.entries, profile)
    });
    let (entries, portals) = arranged.unzip();
    let frame = Frame {
        entries: entries.as_ref().unwrap_or(frame.entries),
        ..*frame
    };
    let mounted = use_mounted(kind, &frame);
    html! { <>{ mounted }{ portals.unwrap_or_default() }</> }
}
