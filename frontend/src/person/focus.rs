use web_sys::HtmlElement;
use yew::prelude::*;

/// The focus goes where the person goes on: into what opens, and back to what opened it. What is
/// open from the beginning takes nothing away.
#[hook]
pub fn use_focus(is_open: bool, target: &NodeRef) {
    let is_first = use_mut_ref(|| true);
    let target = target.clone();
    use_effect_with(is_open, move |_| {
        if !is_first.replace(false)
            && let Some(target) = target.cast::<HtmlElement>()
        {
            let _ = target.focus();
        }
    });
}
