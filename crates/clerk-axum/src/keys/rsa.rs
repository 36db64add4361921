//! RSA keys that can verify what the tokens' algorithm signs.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{PublicEncryptingKey, PublicKeyComponents};
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use jsonwebtoken::{AlgorithmFamily, DecodingKey, DecodingKeyKind};

/// The key, read once for all tokens, if it is an RSA public key of 2048 to 8192 bits. Shorter
/// ones are not safe (RFC 7518 § 3.3), longer ones nobody verifies by.
pub fn verifying(key: &DecodingKey) -> Option<ParsedPublicKey> {
    if key.family() != AlgorithmFamily::Rsa {
        return None;
    }
    let parsed = match key.kind() {
        DecodingKeyKind::RsaModulusExponent { n, e } => {
            PublicKeyComponents { n, e }.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
        }
        DecodingKeyKind::SecretOrDer(der) => ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der),
    };
    parsed.ok().filter(has_good_size)
}

/// Reading a key does not check its size, making one to encrypt with does, whatever it is for.
fn has_good_size(key: &ParsedPublicKey) -> bool {
    let der: Result<PublicKeyX509Der<'_>, _> = key.as_der();
    der.is_ok_and(|der| PublicEncryptingKey::from_der(der.as_ref()).is_ok())
}
