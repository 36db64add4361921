//! For tests, by the feature `test`: an issuer that signs what a test wants, and the tables of
//! what a server must let in and refuse. Never for production.
//!
//! ```
//! use axum::http::{HeaderMap, Method};
//! use clerk_axum::Verifier;
//! use clerk_axum::test::TestIssuer;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let issuer = TestIssuer::new();
//! let verifier: Verifier = issuer.verifier();
//!
//! let mut headers = HeaderMap::new();
//! let bearer = format!("Bearer {}", issuer.token("user_ada"));
//! headers.insert("authorization", bearer.parse().expect("a header"));
//! let auth = verifier.authenticate(&Method::GET, &headers).await.expect("let in");
//! assert_eq!(auth.user_id(), "user_ada");
//! # }
//! ```
#![allow(
    clippy::missing_panics_doc,
    reason = "a test that cannot be set up fails"
)]

mod issuer;
pub mod tokens;
pub mod webhooks;

pub use issuer::{ISSUER, ORIGIN, TestIssuer, claims};
