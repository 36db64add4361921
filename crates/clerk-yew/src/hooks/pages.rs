//! Which pages of a list are there, and which are missing. Pure.

use std::collections::BTreeMap;
use std::rc::Rc;

use yew::Reducible;

use crate::error::ClerkError;
use crate::resources::Page;

/// How a list turns its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The page to begin with, from 1
    pub first: u32,
    /// How many a page holds
    pub size: u32,
    /// Whether each page is shown below those before it, instead of in their place
    pub is_infinite: bool,
    /// Whether what was shown stays while the next page is on its way
    pub keeps_previous: bool,
}

/// When a page was read: before which revalidation, and of which state of its owner.
pub(crate) type Stamp = (u32, Rc<str>);

/// What happens to a list.
pub(crate) enum Turn<T> {
    /// To this page
    To(u32),
    /// All that is shown is read anew.
    Again,
    /// A page arrived.
    Came(u32, Stamp, Result<Page<T>, ClerkError>),
}

/// The pages of one list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pages<T> {
    shape: Shape,
    page: u32,
    revalidated: u32,
    loaded: BTreeMap<u32, (Stamp, Vec<T>)>,
    count: Option<u32>,
    error: Option<(Stamp, ClerkError)>,
    /// What was shown before the page was turned
    previous: Vec<T>,
}

impl<T: Clone> Pages<T> {
    pub fn new(shape: Shape) -> Self {
        Self {
            page: shape.first,
            shape,
            revalidated: 0,
            loaded: BTreeMap::new(),
            count: None,
            error: None,
            previous: Vec::new(),
        }
    }

    /// The same list asked for otherwise.
    pub fn reshaped(&self, shape: Shape) -> Self {
        Self {
            previous: self.data(),
            ..Self::new(shape)
        }
    }

    pub fn stamp(&self, revision: &Rc<str>) -> Stamp {
        (self.revalidated, revision.clone())
    }

    pub fn page(&self) -> u32 {
        self.page
    }

    pub fn count(&self) -> u32 {
        self.count.unwrap_or_default()
    }

    pub fn page_count(&self) -> u32 {
        let skipped = (self.shape.first - 1) * self.shape.size;
        self.count()
            .saturating_sub(skipped)
            .div_ceil(self.shape.size)
    }

    pub fn has_next(&self) -> bool {
        self.page * self.shape.size < self.count()
    }

    pub fn has_previous(&self) -> bool {
        self.page > self.shape.first
    }

    /// The last error, until the list is read again.
    pub fn error(&self, stamp: &Stamp) -> Option<&ClerkError> {
        let (of, error) = self.error.as_ref()?;
        (of == stamp).then_some(error)
    }

    /// The pages that are shown.
    fn shown(&self) -> impl Iterator<Item = u32> + use<T> {
        let first = if self.shape.is_infinite {
            self.shape.first
        } else {
            self.page
        };
        first..=self.page
    }

    /// The pages that are shown and not yet there.
    pub fn missing(&self, stamp: &Stamp) -> Vec<u32> {
        let is_there = |page: &u32| self.loaded.get(page).is_some_and(|(of, _)| of == stamp);
        self.shown().filter(|page| !is_there(page)).collect()
    }

    /// Whether nothing of what is shown is there yet.
    pub fn is_empty(&self) -> bool {
        self.shown().all(|page| !self.loaded.contains_key(&page))
    }

    /// What is shown.
    pub fn data(&self) -> Vec<T> {
        if self.is_empty() && self.shape.keeps_previous {
            return self.previous.clone();
        }
        let pages = self.shown().filter_map(|page| self.loaded.get(&page));
        pages.flat_map(|(_, items)| items.iter().cloned()).collect()
    }

    /// The state after this.
    pub fn after(&self, turn: Turn<T>) -> Self {
        let mut next = self.clone();
        match turn {
            Turn::To(page) => {
                next.previous = self.data();
                next.page = page.max(self.shape.first);
                next.error = None;
            }
            Turn::Again => {
                next.revalidated += 1;
                next.error = None;
            }
            Turn::Came(page, stamp, Ok(Page { data, total_count })) => {
                next.loaded.insert(page, (stamp, data));
                next.count = Some(total_count);
                next.error = None;
            }
            Turn::Came(_, stamp, Err(error)) => next.error = Some((stamp, error)),
        }
        next
    }
}

/// The pages of whichever list it is now.
pub(crate) struct Lists<K, T> {
    of: Option<(K, Shape)>,
    pages: Option<Pages<T>>,
}

impl<K: Clone + PartialEq, T: Clone> Lists<K, T> {
    pub fn none() -> Self {
        Self {
            of: None,
            pages: None,
        }
    }

    /// The pages of this list; not yet any when it was another one until now.
    pub fn of(&self, key: &K, shape: Shape) -> Pages<T> {
        match &self.pages {
            Some(pages) if self.of.as_ref() == Some(&(key.clone(), shape)) => pages.clone(),
            Some(pages) if shape.keeps_previous => pages.reshaped(shape),
            _ => Pages::new(shape),
        }
    }
}

impl<K: Clone + PartialEq + 'static, T: Clone + 'static> Reducible for Lists<K, T> {
    type Action = (K, Shape, Turn<T>);

    fn reduce(self: Rc<Self>, (key, shape, turn): Self::Action) -> Rc<Self> {
        let pages = self.of(&key, shape).after(turn);
        Rc::new(Self {
            of: Some((key, shape)),
            pages: Some(pages),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_A_PAGE: Shape = Shape {
        first: 1,
        size: 2,
        is_infinite: false,
        keeps_previous: false,
    };

    fn stamp(revalidated: u32) -> Stamp {
        (revalidated, "".into())
    }

    /// A page of a list of the numbers 0 to 4.
    fn came(page: u32, stamp: Stamp) -> Turn<u32> {
        let data = (0..5)
            .skip(2 * (page as usize - 1))
            .take(2)
            .collect::<Vec<_>>();
        let total_count = 5;
        Turn::Came(page, stamp, Ok(Page { data, total_count }))
    }

    fn first_page(shape: Shape) -> Pages<u32> {
        Pages::new(shape).after(came(1, stamp(0)))
    }

    #[test]
    fn a_list_begins_with_its_first_page_missing() {
        let pages = Pages::<u32>::new(TWO_A_PAGE);
        assert_eq!(pages.missing(&stamp(0)), [1]);
        assert!(pages.is_empty() && pages.data().is_empty());
        assert!(!pages.has_next() && !pages.has_previous());
    }

    #[test]
    fn a_page_takes_the_place_of_the_one_before() {
        let pages = first_page(TWO_A_PAGE);
        assert_eq!((pages.data(), pages.page_count()), (vec![0, 1], 3));
        assert!(pages.has_next());

        let turned = pages.after(Turn::To(2));
        assert_eq!(
            (turned.data(), turned.missing(&stamp(0))),
            (vec![], vec![2])
        );

        let last = turned.after(Turn::To(3)).after(came(3, stamp(0)));
        assert_eq!(last.data(), [4]);
        assert!(!last.has_next() && last.has_previous());
    }

    #[test]
    fn a_page_that_was_there_is_shown_at_once() {
        let pages = first_page(TWO_A_PAGE)
            .after(Turn::To(2))
            .after(came(2, stamp(0)))
            .after(Turn::To(1));
        assert_eq!(pages.data(), [0, 1]);
        assert!(pages.missing(&stamp(0)).is_empty());
    }

    #[test]
    fn the_previous_page_stays_until_the_next_one_is_there_if_asked() {
        let pages = first_page(Shape {
            keeps_previous: true,
            ..TWO_A_PAGE
        });
        let turned = pages.after(Turn::To(2));
        assert_eq!(turned.data(), [0, 1]);
        assert_eq!(turned.after(came(2, stamp(0))).data(), [2, 3]);
    }

    #[test]
    fn an_infinite_list_grows() {
        let pages = first_page(Shape {
            is_infinite: true,
            ..TWO_A_PAGE
        });
        let grown = pages.after(Turn::To(2));
        assert_eq!(
            (grown.data(), grown.missing(&stamp(0))),
            (vec![0, 1], vec![2])
        );
        assert_eq!(grown.after(came(2, stamp(0))).data(), [0, 1, 2, 3]);
    }

    #[test]
    fn a_revalidation_reads_again_what_is_shown_and_shows_it_meanwhile() {
        let pages = first_page(TWO_A_PAGE).after(Turn::Again);
        assert_eq!(pages.data(), [0, 1]);
        assert_eq!(pages.missing(&pages.stamp(&"".into())), [1]);
    }

    #[test]
    fn a_change_of_the_owner_reads_again_too() {
        let pages = first_page(TWO_A_PAGE);
        assert_eq!(pages.missing(&pages.stamp(&"renamed".into())), [1]);
    }

    #[test]
    fn an_error_lasts_until_the_list_is_read_again() {
        let pages = first_page(TWO_A_PAGE).after(Turn::Again);
        let failed = pages.after(Turn::Came(1, stamp(1), Err(ClerkError::signed_out())));
        assert!(failed.error(&stamp(1)).is_some());
        assert_eq!(failed.data(), [0, 1]);
        assert!(failed.after(Turn::Again).error(&stamp(2)).is_none());
    }

    #[test]
    fn another_list_begins_anew() {
        let lists = Rc::new(Lists::none()).reduce(("a", TWO_A_PAGE, came(1, stamp(0))));
        assert_eq!(lists.of(&"a", TWO_A_PAGE).data(), [0, 1]);
        assert!(lists.of(&"b", TWO_A_PAGE).is_empty());
    }
}
