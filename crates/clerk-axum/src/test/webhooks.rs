//! Deliveries of webhooks, good ones and those that a server must refuse.

use standardwebhooks::Webhook;

use crate::secret::Secret;
use crate::time::unix_now;

/// The secret of the endpoint: base64 of "a secret of the tests, no more".
pub const SECRET: &str = "whsec_YSBzZWNyZXQgb2YgdGhlIHRlc3RzLCBubyBtb3Jl";
/// Of another endpoint.
const OTHER_SECRET: &str = "whsec_YW5vdGhlciBzZWNyZXQgb2YgdGhlIHRlc3RzISEh";
/// The id of the deliveries.
const ID: &str = "msg_1";

/// A delivery: the headers of a POST, and its body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// What is signed.
    pub body: String,
}

/// The endpoint's secret.
pub fn secret() -> Secret {
    SECRET.to_owned().into()
}

/// A delivery with this id, signed now.
pub fn delivery(id: &str, body: &str) -> Delivery {
    delivery_at(SECRET, id, now(), body)
}

/// The signature of a delivery with this id at this second of the Unix epoch.
pub fn signature(secret: &str, id: &str, second: i64, body: &str) -> String {
    let webhook = Webhook::new(secret).expect("a secret");
    webhook.sign(id, second, body.as_bytes()).expect("signed")
}

/// Deliveries of this event that must be refused with 400, and what is wrong with each.
pub fn forgeries(body: &str) -> Vec<(&'static str, Delivery)> {
    let second = now();
    let at = second.to_string();
    let right = signature(SECRET, ID, second, body);
    let with = |id: &str, timestamp: &str, signature: &str| headed(id, timestamp, signature, body);
    let good = || delivery(ID, body);
    let twice = |name: &'static str, value: &str| {
        let mut delivery = good();
        delivery.headers.push((name, value.to_owned()));
        delivery
    };
    let endless = "m".repeat(300);
    let of_another = |body: &str| Delivery {
        body: body.to_owned(),
        ..good()
    };
    vec![
        (
            "another's secret",
            delivery_at(OTHER_SECRET, ID, second, body),
        ),
        ("too old", delivery_at(SECRET, ID, second - 301, body)),
        ("of the future", delivery_at(SECRET, ID, second + 310, body)),
        ("another body", of_another(&format!("{body} "))),
        ("an empty body", of_another("")),
        ("another id", with("msg_2", &at, &right)),
        ("another time", with(ID, &(second - 1).to_string(), &right)),
        ("no signature", with(ID, &at, "")),
        (
            "another version",
            with(ID, &at, &right.replace("v1,", "v2,")),
        ),
        ("no version", with(ID, &at, &right.replace("v1,", ""))),
        ("half a signature", with(ID, &at, &right[..20])),
        ("a time that is none", with(ID, "now", &right)),
        ("a negative time", with(ID, "-1", &right)),
        ("the smallest time", with(ID, &i64::MIN.to_string(), &right)),
        ("a huge time", with(ID, "99999999999999999999", &right)),
        ("an id twice", twice("svix-id", "msg_2")),
        ("a signature twice", twice("svix-signature", "v1,x")),
        ("an endless id", delivery_at(SECRET, &endless, second, body)),
        ("an empty id", delivery_at(SECRET, "", second, body)),
        ("no headers", {
            let headers = Vec::new();
            Delivery { headers, ..good() }
        }),
        ("a session token", {
            let token = "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl";
            let headers = vec![("authorization", format!("Bearer {token}"))];
            Delivery { headers, ..good() }
        }),
        ("the standard's names", {
            let headers = vec![
                ("webhook-id", ID.to_owned()),
                ("webhook-timestamp", at.clone()),
                ("webhook-signature", right.clone()),
            ];
            Delivery { headers, ..good() }
        }),
        ("a list", delivery(ID, "[]")),
        ("an empty object", delivery(ID, "{}")),
        ("no JSON", delivery(ID, "not JSON")),
    ]
}

/// A delivery with two signatures, of which the second is good: as after a change of secrets.
pub fn with_two_signatures(id: &str, body: &str) -> Delivery {
    let second = now();
    let good = signature(SECRET, id, second, body);
    let both = format!("v1,{} {good}", "A".repeat(44));
    headed(id, &second.to_string(), &both, body)
}

/// A delivery with this secret, at this second of the Unix epoch.
pub fn delivery_at(secret: &str, id: &str, second: i64, body: &str) -> Delivery {
    let signature = signature(secret, id, second, body);
    headed(id, &second.to_string(), &signature, body)
}

fn headed(id: &str, timestamp: &str, signature: &str, body: &str) -> Delivery {
    let headers = vec![
        ("svix-id", id.to_owned()),
        ("svix-timestamp", timestamp.to_owned()),
        ("svix-signature", signature.to_owned()),
    ];
    let body = body.to_owned();
    Delivery { headers, body }
}

fn now() -> i64 {
    i64::try_from(unix_now()).expect("a time")
}
