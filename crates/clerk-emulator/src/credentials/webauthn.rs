//! Passkeys: the checks of Web Authentication that a relying party makes
//! (<https://www.w3.org/TR/webauthn-3/#sctn-rp-operations>), for keys of the kind ES256 and
//! without attestation, which is what browsers make for passkeys.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use serde_json::Value;

/// Whom a passkey is made for, and for which challenge.
pub struct Expected<'a> {
    /// Base64url.
    pub challenge: &'a str,
    /// Such as `http://localhost:3000`.
    pub origin: &'a str,
}

/// A new credential.
#[derive(Debug)]
pub struct Registered {
    /// Base64url.
    pub credential_id: String,
    /// SEC 1 point in base64url.
    pub public_key: String,
    pub sign_count: u32,
}

/// The relying party's id: the host of the page.
pub fn relying_party(origin: &str) -> Option<String> {
    let url: axum::http::Uri = origin.parse().ok()?;
    url.host().map(str::to_owned)
}

/// Why a credential is refused; for logs.
type Refused = &'static str;

fn bytes(value: &Value) -> Result<Vec<u8>, Refused> {
    let text = value.as_str().ok_or("a field is missing")?;
    URL_SAFE_NO_PAD
        .decode(text.trim_end_matches('='))
        .map_err(|_| "a field is not base64url")
}

/// Checks what the browser says it was asked; answers the raw JSON.
fn client_data(response: &Value, kind: &str, expected: &Expected<'_>) -> Result<Vec<u8>, Refused> {
    let raw = bytes(&response["clientDataJSON"])?;
    let data: Value = serde_json::from_slice(&raw).map_err(|_| "the client data is not JSON")?;
    if data["type"] != kind {
        return Err("the client data is of another type");
    }
    if data["challenge"].as_str() != Some(expected.challenge) {
        return Err("the challenge is another");
    }
    if data["origin"].as_str() != Some(expected.origin) {
        return Err("the origin is another");
    }
    Ok(raw)
}

/// Checks the authenticator data's head; answers its counter.
fn authenticator_data(data: &[u8], origin: &str) -> Result<u32, Refused> {
    let party = relying_party(origin).ok_or("the origin has no host")?;
    let (hash, rest) = data.split_at_checked(32).ok_or("the data is too short")?;
    if hash != digest(&SHA256, party.as_bytes()).as_ref() {
        return Err("the relying party is another");
    }
    let (flags, counter) = (rest.first(), rest.get(1..5));
    if flags.is_none_or(|flags| flags & 1 == 0) {
        return Err("the person was not present");
    }
    let counter: [u8; 4] = counter
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or("the data is too short")?;
    Ok(u32::from_be_bytes(counter))
}

/// A new credential, from the browser's `PublicKeyCredential` as JSON.
pub fn register(credential: &Value, expected: &Expected<'_>) -> Result<Registered, Refused> {
    let response = &credential["response"];
    client_data(response, "webauthn.create", expected)?;
    let attestation = bytes(&response["attestationObject"])?;
    let attestation: Cbor =
        ciborium::from_reader(attestation.as_slice()).map_err(|_| "the attestation is not CBOR")?;
    let data = attestation
        .as_map()
        .and_then(|map| {
            map.iter()
                .find(|(key, _)| key.as_text() == Some("authData"))
        })
        .and_then(|(_, value)| value.as_bytes())
        .ok_or("the attestation has no data")?;
    let sign_count = authenticator_data(data, expected.origin)?;
    // Behind the head of 37 bytes: 16 of the authenticator's id, the credential's id, its key.
    let length: [u8; 2] = data
        .get(53..55)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or("there is no credential")?;
    let end = 55 + usize::from(u16::from_be_bytes(length));
    let id = data.get(55..end).ok_or("there is no credential")?;
    let key: Cbor = ciborium::from_reader(data.get(end..).unwrap_or_default())
        .map_err(|_| "the key is not CBOR")?;
    let part = |label: i64| {
        let found = key.as_map()?.iter().find(|(key, _)| {
            key.as_integer().and_then(|it| i64::try_from(it).ok()) == Some(label)
        })?;
        Some(&found.1)
    };
    let algorithm = part(3).and_then(Cbor::as_integer);
    if algorithm.and_then(|it| i64::try_from(it).ok()) != Some(-7) {
        return Err("the key is not of the kind ES256");
    }
    let coordinate = |label| {
        part(label)
            .and_then(Cbor::as_bytes)
            .filter(|it| it.len() == 32)
    };
    let (Some(x), Some(y)) = (coordinate(-2), coordinate(-3)) else {
        return Err("the key has no point");
    };
    Ok(Registered {
        credential_id: URL_SAFE_NO_PAD.encode(id),
        public_key: URL_SAFE_NO_PAD.encode([&[4], x.as_slice(), y.as_slice()].concat()),
        sign_count,
    })
}

/// Checks that the credential's owner signed the challenge; answers the counter.
pub fn assert(
    credential: &Value,
    public_key: &str,
    expected: &Expected<'_>,
) -> Result<u32, Refused> {
    let response = &credential["response"];
    let client_data = client_data(response, "webauthn.get", expected)?;
    let data = bytes(&response["authenticatorData"])?;
    let sign_count = authenticator_data(&data, expected.origin)?;
    let signed = [data.as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
    let key = URL_SAFE_NO_PAD
        .decode(public_key)
        .map_err(|_| "the key is not kept well")?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key)
        .verify(&signed, &bytes(&response["signature"])?)
        .map_err(|_| "the signature is wrong")?;
    Ok(sign_count)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
    use serde_json::json;

    use super::*;

    const ORIGIN: &str = "http://localhost:3000";
    const CHALLENGE: &str = "Y2hhbGxlbmdl";

    fn expected() -> Expected<'static> {
        Expected {
            challenge: CHALLENGE,
            origin: ORIGIN,
        }
    }

    fn client_data(kind: &str, origin: &str) -> Vec<u8> {
        json!({ "type": kind, "challenge": CHALLENGE, "origin": origin })
            .to_string()
            .into_bytes()
    }

    fn head() -> Vec<u8> {
        let mut data = digest(&SHA256, b"localhost").as_ref().to_vec();
        data.extend([0x45, 0, 0, 0, 7]);
        data
    }

    fn registration(key: &EcdsaKeyPair, origin: &str) -> Value {
        let point = key.public_key().as_ref();
        let cose = Cbor::Map(vec![
            (1.into(), 2.into()),
            (3.into(), (-7).into()),
            ((-1).into(), 1.into()),
            ((-2).into(), Cbor::Bytes(point[1..33].to_vec())),
            ((-3).into(), Cbor::Bytes(point[33..].to_vec())),
        ]);
        let mut data = head();
        data.extend([0; 16]);
        data.extend([0, 3, 1, 2, 3]);
        ciborium::into_writer(&cose, &mut data).expect("CBOR");
        let attestation = Cbor::Map(vec![(Cbor::Text("authData".into()), Cbor::Bytes(data))]);
        let mut object = Vec::new();
        ciborium::into_writer(&attestation, &mut object).expect("CBOR");
        json!({ "response": {
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data("webauthn.create", origin)),
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
        } })
    }

    #[test]
    fn a_credential_signs_in_with_its_own_key_only() {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        let registered = register(&registration(&key, ORIGIN), &expected()).expect("registered");
        assert_eq!(registered.credential_id, URL_SAFE_NO_PAD.encode([1, 2, 3]));

        let client_data = client_data("webauthn.get", ORIGIN);
        let signed = [head().as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
        let sign = |key: &EcdsaKeyPair| {
            let signature = key
                .sign(&SystemRandom::new(), &signed)
                .expect("a signature");
            json!({ "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(&client_data),
                "authenticatorData": URL_SAFE_NO_PAD.encode(head()),
                "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
            } })
        };
        let count = assert(&sign(&key), &registered.public_key, &expected());
        assert_eq!(count, Ok(7));
        let other = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        assert!(assert(&sign(&other), &registered.public_key, &expected()).is_err());
    }

    #[test]
    fn a_credential_of_another_page_is_refused() {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        let other = registration(&key, "http://evil.example");
        assert!(register(&other, &expected()).is_err());
        let stale = Expected {
            challenge: "b3RoZXI",
            origin: ORIGIN,
        };
        assert!(register(&registration(&key, ORIGIN), &stale).is_err());
    }
}
