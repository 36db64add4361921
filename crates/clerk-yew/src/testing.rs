//! For the tests of apps.

/// Forgets the page's Clerk, as if the page had just been opened: for tests in a browser that put
/// a `Clerk` of their own into the page.
pub fn new_page() {
    crate::page::renew();
}
