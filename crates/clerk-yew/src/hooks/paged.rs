//! Lists that come in pages.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::pages::{Lists, Shape, Turn};
use crate::error::ClerkError;
use crate::resources::{Page, Paged, Read, ask};

/// How a hook shows a list: which page to begin with, how many to a page, which of its items; one
/// page at a time or all pages below each other.
#[derive(Clone, PartialEq)]
pub struct Paging<P> {
    params: P,
    is_infinite: bool,
    keeps_previous: bool,
}

impl<P> Paging<P> {
    /// One page at a time.
    pub fn new(params: P) -> Self {
        Self {
            params,
            is_infinite: false,
            keeps_previous: false,
        }
    }

    /// Each page is added to those before it, for a list that grows as it is scrolled.
    #[must_use]
    pub fn infinite(self) -> Self {
        Self {
            is_infinite: true,
            ..self
        }
    }

    /// What is shown stays while the next page is on its way.
    #[must_use]
    pub fn keep_previous_data(self) -> Self {
        Self {
            keeps_previous: true,
            ..self
        }
    }
}

impl<P> Paging<P> {
    pub(crate) fn map(self, change: impl FnOnce(P) -> P) -> Self {
        Self {
            params: change(self.params),
            ..self
        }
    }
}

fn shape<P: Paged>(paging: &Paging<P>) -> Shape {
    Shape {
        first: paging.params.first_page().max(1),
        size: paging.params.size(),
        is_infinite: paging.is_infinite,
        keeps_previous: paging.keeps_previous,
    }
}

impl<P> From<P> for Paging<P> {
    fn from(params: P) -> Self {
        Self::new(params)
    }
}

/// A list as far as it is there, and the ways to its other pages.
#[derive(Clone)]
#[non_exhaustive]
#[allow(clippy::struct_excessive_bools, reason = "Clerk's own names")]
pub struct PaginatedResources<T> {
    /// What is shown
    pub data: Vec<T>,
    /// How many there are on all pages
    pub count: u32,
    /// The page that is shown last, from 1
    pub page: u32,
    /// How many pages there are
    pub page_count: u32,
    /// Whether there is nothing to show yet, and it is on its way
    pub is_loading: bool,
    /// Whether something is on its way
    pub is_fetching: bool,
    /// What went wrong; [`revalidate`](Self::revalidate) tries again
    pub error: Option<ClerkError>,
    /// Whether there is a page after this one
    pub has_next_page: bool,
    /// Whether there is a page before this one
    pub has_previous_page: bool,
    turn: Callback<Option<u32>>,
}

impl<T> PaginatedResources<T> {
    /// Goes on to the next page, if there is one.
    pub fn fetch_next(&self) {
        if self.has_next_page {
            self.fetch_page(self.page + 1);
        }
    }

    /// Goes back to the page before, if there is one.
    pub fn fetch_previous(&self) {
        if self.has_previous_page {
            self.fetch_page(self.page - 1);
        }
    }

    /// Goes to this page, from 1.
    pub fn fetch_page(&self, page: u32) {
        self.turn.emit(Some(page));
    }

    /// Reads anew what is shown.
    pub fn revalidate(&self) {
        self.turn.emit(None);
    }

    /// A list that nobody asked for.
    fn none() -> Self {
        Self {
            data: Vec::new(),
            count: 0,
            page: 1,
            page_count: 0,
            is_loading: false,
            is_fetching: false,
            error: None,
            has_next_page: false,
            has_previous_page: false,
            turn: Callback::noop(),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for PaginatedResources<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaginatedResources")
            .field("data", &self.data)
            .field("count", &self.count)
            .field("page", &self.page)
            .field("is_fetching", &self.is_fetching)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// Whose list it is: id, state and clerk-js's object. The list is read anew when the state changes.
#[derive(Clone)]
pub(crate) struct Owner {
    pub id: String,
    pub revision: Rc<str>,
    pub raw: JsValue,
}

/// A list that the owner's method answers in pages; nothing without owner or paging.
#[hook]
pub(crate) fn use_pages<T, P>(
    owner: Option<Owner>,
    method: &'static str,
    paging: Option<Paging<P>>,
) -> PaginatedResources<T>
where
    T: Read + Clone + PartialEq + 'static,
    P: Paged,
{
    let lists = use_reducer(Lists::<(String, P), T>::none);
    let now = owner.zip(paging).map(|(owner, paging)| {
        let key = (owner.id.clone(), paging.params.clone());
        let pages = lists.of(&key, shape(&paging));
        let stamp = pages.stamp(&owner.revision);
        (owner, paging, key, pages, stamp)
    });

    let wanted = now.as_ref().map(|(_, paging, key, pages, stamp)| {
        let is_idle = pages.error(stamp).is_some();
        let missing = if is_idle {
            Vec::new()
        } else {
            pages.missing(stamp)
        };
        (key.clone(), shape(paging), stamp.clone(), missing)
    });
    let raw = now.as_ref().map(|(owner, ..)| owner.raw.clone());
    let dispatcher = lists.dispatcher();
    use_effect_with(wanted, move |wanted| {
        let is_wanted = Rc::new(Cell::new(true));
        if let (Some((key, shape, stamp, missing)), Some(raw)) = (wanted.clone(), raw)
            && let Some(&page) = missing.first()
        {
            let is_wanted = is_wanted.clone();
            spawn_local(async move {
                let params = [key.1.at(page)];
                let answer = ask::<Page<T>>(&raw, method, &params).await;
                if is_wanted.get() {
                    dispatcher.dispatch((key, shape, Turn::Came(page, stamp, answer)));
                }
            });
        }
        move || is_wanted.set(false)
    });

    let Some((_, paging, key, pages, stamp)) = now else {
        return PaginatedResources::none();
    };
    let error = pages.error(&stamp).cloned();
    let is_fetching = error.is_none() && !pages.missing(&stamp).is_empty();
    let shape = shape(&paging);
    PaginatedResources {
        data: pages.data(),
        count: pages.count(),
        page: pages.page(),
        page_count: pages.page_count(),
        is_loading: is_fetching && pages.is_empty(),
        is_fetching,
        error,
        has_next_page: pages.has_next(),
        has_previous_page: pages.has_previous(),
        turn: Callback::from(move |page: Option<u32>| {
            let turn = page.map_or(Turn::Again, Turn::To);
            lists.dispatch((key.clone(), shape, turn));
        }),
    }
}
