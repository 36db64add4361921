//! Deliveries: good ones come in, forgeries stay out, and nobody reads their bodies first.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::routing::post;
use clerk_axum::Budget;
use clerk_axum::test::webhooks::{self, Delivery};
use clerk_axum::webhook::{Event, Webhook, WebhookVerifier};

use crate::world::{ask, read};

const EVENT: &str = r#"{"type":"user.created","data":{"id":"user_ada","updated_at":1}}"#;

fn verifier() -> WebhookVerifier {
    WebhookVerifier::new(&webhooks::secret()).expect("a secret")
}

fn app(verifier: WebhookVerifier) -> Router {
    let told = async |webhook: Webhook| match webhook.event {
        Event::UserCreated(user) => format!("{} {}", webhook.id, user.id),
        other => format!("{other:?}"),
    };
    Router::new().route("/", post(told)).with_state(verifier)
}

fn request(delivery: Delivery) -> Request {
    let request = delivery
        .headers
        .into_iter()
        .fold(Request::post("/"), |request, (name, value)| {
            request.header(name, value)
        });
    request.body(Body::from(delivery.body)).expect("a request")
}

#[tokio::test]
async fn a_good_delivery_comes_in_typed() {
    let app = app(verifier());
    for delivery in [
        webhooks::delivery("msg_1", EVENT),
        webhooks::with_two_signatures("msg_1", EVENT),
    ] {
        let answer = read(ask(&app, request(delivery)).await).await;
        assert_eq!(answer, (StatusCode::OK, "msg_1 user_ada".to_owned()));
    }
}

#[tokio::test]
async fn forgeries_stay_out() {
    let app = app(verifier());
    for (what, forgery) in webhooks::forgeries(EVENT) {
        let answer = ask(&app, request(forgery)).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{what}");
    }
}

#[tokio::test]
async fn no_body_is_read_whose_headers_are_wrong_or_that_is_too_large_or_too_much() {
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = taken.clone();
    let app = app(verifier().bodies(Budget::new(move |_, amount| {
        counted.fetch_add(1, Ordering::Relaxed);
        (amount < 200).then(|| Box::new(()) as _)
    })));
    let mut old = webhooks::delivery("msg_1", EVENT);
    old.headers[1].1 = "1".to_owned();
    assert_eq!(
        ask(&app, request(old)).await.status(),
        StatusCode::BAD_REQUEST
    );
    let large = |length: &str| {
        let mut delivery = webhooks::delivery("msg_1", EVENT);
        delivery.headers.push(("content-length", length.to_owned()));
        request(delivery)
    };
    let answer = ask(&app, large("262145")).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(taken.load(Ordering::Relaxed), 0);
    let answer = ask(&app, large("262144")).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[test]
fn a_secret_that_could_be_guessed_is_none() {
    for secret in [
        "",
        "hunter2",
        "whsec_",
        "whsec_hunter2",
        "whsec_aHVudGVyMg==",
    ] {
        let secret = secret.to_owned().into();
        assert!(WebhookVerifier::new(&secret).is_none(), "{secret:?}");
    }
}
