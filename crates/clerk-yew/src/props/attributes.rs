//! Attributes of any name.

use std::rc::Rc;

use yew::html::IntoPropValue;
use yew::virtual_dom::{AttributeOrProperty, VNode};
use yew::{AttrValue, Html};

/// Attributes of any name for a button, such as `data-…` and `aria-…`. A list of names and values
/// becomes one: `attributes={[("aria-label", "Come in")]}`.
#[derive(Clone, Default)]
pub struct Attributes(
    Option<Rc<dyn Fn(Html) -> Html>>,
    Vec<(AttrValue, AttrValue)>,
);

impl Attributes {
    /// These attributes.
    ///
    /// ```
    /// # use clerk_yew::Attributes;
    /// Attributes::new([("data-test".into(), format!("sign-in-{}", 1).into())]);
    /// ```
    pub fn new(attributes: impl IntoIterator<Item = (AttrValue, AttrValue)>) -> Self {
        let attributes: Vec<_> = attributes.into_iter().collect();
        let added = attributes.clone();
        // As a function, so that an app without such attributes has no code for them.
        Self(Some(Rc::new(move |html| add(&added, html))), attributes)
    }

    /// The element with these attributes.
    pub(crate) fn add_to(&self, element: Html) -> Html {
        match &self.0 {
            Some(add) => add(element),
            None => element,
        }
    }
}

fn add(attributes: &[(AttrValue, AttrValue)], html: Html) -> Html {
    let VNode::VTag(mut element) = html else {
        return html;
    };
    let map = Rc::make_mut(&mut element).attributes.get_mut_index_map();
    for (name, value) in attributes {
        map.insert(name.clone(), AttributeOrProperty::Attribute(value.clone()));
    }
    VNode::VTag(element)
}

impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        self.1 == other.1
    }
}

impl<const N: usize> IntoPropValue<Attributes> for [(&'static str, &'static str); N] {
    fn into_prop_value(self) -> Attributes {
        Attributes::new(self.map(|(name, value)| (name.into(), value.into())))
    }
}
