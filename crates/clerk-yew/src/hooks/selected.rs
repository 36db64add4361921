use std::rc::Rc;

use yew::prelude::*;

use super::clerk::use_clerk;
use crate::store::Snapshot;

/// What `select` finds in what the page knows. The component renders anew only when that changes.
#[hook]
pub(crate) fn use_selected<T>(select: impl Fn(&Snapshot) -> T + 'static) -> T
where
    T: Clone + PartialEq + 'static,
{
    let now = select(&use_clerk().0.now());
    let shown = now.clone();
    use_changes(Rc::new(move |snapshot| select(snapshot) != shown));
    now
}

/// Renders the component anew with each snapshot that is a change to what it shows.
#[hook]
fn use_changes(is_change: Rc<dyn Fn(&Snapshot) -> bool>) {
    let store = use_clerk().0;
    let update = use_force_update();
    let newest = use_mut_ref(|| is_change.clone());
    *newest.borrow_mut() = is_change;
    use_effect_with((), move |()| {
        let check = move |snapshot: &Snapshot| {
            let is_change = newest.borrow().clone();
            if is_change(snapshot) {
                update.force_update();
            }
        };
        // Something may have changed since the component rendered.
        check(&store.now());
        let subscription = store.subscribe(check);
        move || drop(subscription)
    });
}
