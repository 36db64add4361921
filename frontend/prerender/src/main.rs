//! Renders the page's first bytes: `prerender DIST` makes, out of the `index.html` that trunk
//! left there, the documents that the API serves, with what the page's own components show to
//! that visitor in the body.

use std::path::Path;
use std::{env, fs};

use anyhow::{Context, Result};
use frontend::{App, AppProps};
use shared::Visitor;
use yew::ServerRenderer;

/// The documents, each with whom it is for and where they are.
const DOCUMENTS: [(&str, Visitor, &str); 3] = [
    ("welcome.html", Visitor::SignedOut, "/"),
    ("signed-out.html", Visitor::SignedOut, "/sign-in"),
    ("signed-in.html", Visitor::SignedIn, "/"),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let dist = env::args().nth(1).context("usage: prerender DIST")?;
    let dist = Path::new(&dist);
    let index = dist.join("index.html");
    let index = fs::read_to_string(&index)
        .with_context(|| format!("{} cannot be read", index.display()))?;
    for (name, visitor, path) in DOCUMENTS {
        let props = move || AppProps::of(visitor, path);
        let body = ServerRenderer::<App>::with_props(props)
            .hydratable(false)
            .render()
            .await;
        let document = with_body(&index, &body)?;
        fs::write(dist.join(name), document)
            .with_context(|| format!("{name} cannot be written"))?;
    }
    Ok(())
}

/// The document with this in its body, in the place of what says that the page is on its way;
/// what it says without scripts stays.
fn with_body(index: &str, body: &str) -> Result<String> {
    let missing = "index.html has no <body> with a <main>";
    let (head, rest) = index.split_once("<main>").context(missing)?;
    let (_, tail) = rest.split_once("</main>").context(missing)?;
    Ok(format!("{head}{body}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_components_show_takes_the_place_of_what_says_that_they_are_coming() {
        let index = "<body><main>Initializing…</main><noscript>No.</noscript></body>";
        let document = with_body(index, "<header></header><main>Hello</main>").expect("a document");
        assert_eq!(
            document,
            "<body><header></header><main>Hello</main><noscript>No.</noscript></body>"
        );
        assert!(with_body("<body></body>", "").is_err());
    }

    #[tokio::test]
    async fn strangers_are_welcomed_with_links_that_work_without_scripts() {
        let props = || AppProps::of(Visitor::SignedOut, "/");
        let html = ServerRenderer::<App>::with_props(props)
            .hydratable(false)
            .render()
            .await;
        for link in ["href=\"/sign-up\"", "href=\"/sign-in\""] {
            assert!(html.contains(link), "{html}");
        }
        assert!(!html.contains("Initializing"), "{html}");
    }
}
