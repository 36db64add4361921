//! Which tokens come in, and which do not.

use axum::http::StatusCode;
use clerk_axum::test::tokens::{self, ADA};

use crate::world::{STRANGER, TRUSTED, app, ask, get_as, get_with, options, read};

#[tokio::test]
async fn good_tokens_come_in() {
    let app = app(options().await);
    for (what, token) in tokens::good(&TRUSTED) {
        let answer = read(ask(&app, get_as("/me", &token)).await).await;
        assert_eq!(answer, (StatusCode::OK, ADA.to_owned()), "{what}");
    }
}

#[tokio::test]
async fn forged_malformed_and_expired_tokens_stay_out() {
    let app = app(options().await);
    let bad = tokens::bad(&TRUSTED, &STRANGER);
    assert!(bad.len() >= 90, "{}", bad.len());
    for (what, token) in bad {
        for path in ["/me", "/"] {
            let answer = ask(&app, get_as(path, &token)).await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{what}");
            let challenge = &answer.headers()["www-authenticate"];
            assert_eq!(challenge, "Bearer error=\"invalid_token\"", "{what}");
            let (_, body) = read(answer).await;
            assert!(!body.contains(&token), "{what}: the token is not echoed");
        }
    }
}

#[tokio::test]
async fn who_has_no_token_is_nobody() {
    let app = app(options().await);
    let refused = ask(&app, get_with("/me", &[])).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(refused.headers()["www-authenticate"], "Bearer");
    let answer = read(ask(&app, get_with("/", &[])).await).await;
    assert_eq!(answer, (StatusCode::OK, "nobody".to_owned()));
}

#[tokio::test]
async fn a_key_that_nobody_can_look_for_makes_the_client_come_again() {
    let nobody = options().await;
    let mut unreachable = nobody.clone();
    unreachable.keys = clerk_axum::KeySource::Jwks {
        url: "http://127.0.0.1:9/jwks.json".parse().expect("a URL"),
        max_age: std::time::Duration::from_mins(1),
    };
    let answer = ask(&app(unreachable), get_as("/", &TRUSTED.token(ADA))).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn a_fixed_key_needs_no_network() {
    let app = app(TRUSTED.options());
    let good = ask(&app, get_as("/me", &TRUSTED.token(ADA))).await;
    assert_eq!(good.status(), StatusCode::OK);
    let forged = ask(&app, get_as("/me", &STRANGER.token(ADA))).await;
    assert_eq!(forged.status(), StatusCode::UNAUTHORIZED);
}
