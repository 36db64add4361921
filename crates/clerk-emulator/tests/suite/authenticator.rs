//! An authenticator that makes passkeys, as a browser's would.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use serde_json::{Value, json};

/// The credential's id.
const ID: &[u8] = b"a passkey";

pub struct Authenticator(EcdsaKeyPair);

fn client_data(options: &str, kind: &str, origin: &str) -> Vec<u8> {
    let options: Value = serde_json::from_str(options).expect("options");
    let data = json!({ "type": kind, "challenge": options["challenge"], "origin": origin });
    data.to_string().into_bytes()
}

fn authenticator_data() -> Vec<u8> {
    let mut data = digest(&SHA256, b"localhost").as_ref().to_vec();
    data.extend([0x45, 0, 0, 0, 0]);
    data
}

fn credential(response: &Value) -> String {
    let id = URL_SAFE_NO_PAD.encode(ID);
    json!({ "type": "public-key", "id": id, "rawId": id, "response": response }).to_string()
}

impl Authenticator {
    pub fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"))
    }

    /// A new credential, as JSON.
    pub fn registration(&self, options: &str, origin: &str) -> String {
        let point = self.0.public_key().as_ref();
        let key = Cbor::Map(vec![
            (1.into(), 2.into()),
            (3.into(), (-7).into()),
            ((-1).into(), 1.into()),
            ((-2).into(), Cbor::Bytes(point[1..33].to_vec())),
            ((-3).into(), Cbor::Bytes(point[33..].to_vec())),
        ]);
        let mut data = authenticator_data();
        data.extend([0; 16]);
        data.extend([0, u8::try_from(ID.len()).expect("short")]);
        data.extend(ID);
        ciborium::into_writer(&key, &mut data).expect("CBOR");
        let object = Cbor::Map(vec![(Cbor::Text("authData".into()), Cbor::Bytes(data))]);
        let mut bytes = Vec::new();
        ciborium::into_writer(&object, &mut bytes).expect("CBOR");
        credential(&json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data(options, "webauthn.create", origin)),
            "attestationObject": URL_SAFE_NO_PAD.encode(bytes),
        }))
    }

    /// A proof that one has the credential, as JSON.
    pub fn assertion(&self, options: &str, origin: &str) -> String {
        let client_data = client_data(options, "webauthn.get", origin);
        let data = authenticator_data();
        let signed = [data.as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self
            .0
            .sign(&SystemRandom::new(), &signed)
            .expect("a signature");
        credential(&json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(&client_data),
            "authenticatorData": URL_SAFE_NO_PAD.encode(&data),
            "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
        }))
    }
}
