//! Lists that Clerk hands out in pages.

use wasm_bindgen::JsValue;

use super::value::Read;
use crate::js;

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it
    pub data: Vec<T>,
    /// How many there are on all pages
    pub total_count: u32,
}

impl<T: Read> Read for Page<T> {
    fn read(value: JsValue) -> Self {
        Self {
            data: Vec::read(js::get(&value, "data")),
            total_count: u32::read(js::get(&value, "total_count")),
        }
    }
}

/// Which page of a list. An argument object of pages knows where it starts; the hooks that turn
/// pages set the rest.
pub(crate) trait Paged: Clone + PartialEq + 'static {
    /// The page it asks for, from 1.
    fn first_page(&self) -> u32;
    /// How many a page holds.
    fn size(&self) -> u32;
    /// The arguments for this page.
    fn at(&self, page: u32) -> JsValue;
}

/// An argument object of a list that comes in pages.
macro_rules! paged {
    (
        $(#[$about:meta])*
        $name:ident { $( $(#[$doc:meta])* $member:ident : $kind:ty = $js:literal, )* }
    ) => {
        params! {
            $(#[$about])*
            $name() {
                $( $(#[$doc])* $member: $kind = $js, )*
            }
            numbers {
                /// Which page, from 1; the first unless told
                initial_page = "initialPage",
                /// How many a page holds; 10 unless told
                page_size = "pageSize",
            }
        }

        impl $crate::resources::page::Paged for $name {
            fn first_page(&self) -> u32 {
                self.initial_page.unwrap_or(1)
            }

            fn size(&self) -> u32 {
                self.page_size.unwrap_or(10).max(1)
            }

            fn at(&self, page: u32) -> wasm_bindgen::JsValue {
                let params = self.clone().initial_page(page).page_size(self.size());
                $crate::resources::value::Write::write(&params)
            }
        }
    };
}
pub(crate) use paged;

paged! {
    /// Which page of a list.
    GetPage {}
}
