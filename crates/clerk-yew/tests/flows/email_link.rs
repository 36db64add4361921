//! Proving an address by a link.

use std::cell::RefCell;

use clerk_yew::resources::*;
use clerk_yew::*;
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use crate::stand_in::{holds, run, said, settled, show, until};
use crate::{keep, kept};

thread_local! {
    static EMAIL_LINK: RefCell<Option<EmailLinkFlow>> = const { RefCell::new(None) };
}

/// An address whose link is followed by `follow()`.
fn address() -> EmailAddress {
    EmailAddress::new(run(
        "window.cancelled = 0;
         return window.address ??= {id: 'idn_1', createEmailLinkFlow: () => ({
            startEmailLinkFlow: ({redirectUrl}) => new Promise((resolve) => {
                window.sentTo = redirectUrl; window.follow = () => resolve({id: 'idn_1', verification: {status: 'verified'}}); }),
            cancelEmailLinkFlow() { window.cancelled += 1; },
         })}",
    ))
}

#[component]
fn ProveAddress() -> Html {
    let address = use_memo((), |()| address());
    keep(&EMAIL_LINK, use_email_link(&address));
    html! {}
}

#[wasm_bindgen_test]
async fn a_link_by_email_is_waited_for_until_it_is_followed() {
    let (_, app) = show::<ProveAddress>();
    settled().await;
    let flow = kept(&EMAIL_LINK);
    let waiting = async { flow.start("/verified").await };
    let following = async {
        until("the link to be sent", || holds("window.follow")).await;
        run("window.follow()");
    };
    let (address, ()) = futures_util::future::join(waiting, following).await;
    assert!(address.expect("followed").verification().is_verified());
    assert_eq!(said("window.sentTo"), "/verified");
    app.destroy();
}

#[wasm_bindgen_test]
async fn nobody_waits_for_a_link_once_the_component_is_gone() {
    run("delete window.follow");
    let (_, app) = show::<ProveAddress>();
    settled().await;
    let flow = kept(&EMAIL_LINK);
    let waiting = async { flow.start("/verified").await };
    let leaving = async {
        until("the link to be sent", || holds("window.follow")).await;
        app.destroy();
    };
    let (address, ()) = futures_util::future::join(waiting, leaving).await;
    assert_eq!(
        address.expect_err("cancelled").code(),
        "email_link_cancelled"
    );
    assert!(holds("window.cancelled === 1"));
}
