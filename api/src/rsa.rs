//! RSA keys that can verify what the tokens' algorithm signs.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{PublicEncryptingKey, PublicKey, PublicKeyComponents};
use jsonwebtoken::{AlgorithmFamily, DecodingKey, DecodingKeyKind};

/// Whether this is an RSA public key of 2048 to 8192 bits. Shorter ones are not safe (RFC 7518
/// § 3.3), longer ones nobody verifies by.
pub fn can_verify(key: &DecodingKey) -> bool {
    // The constructor checks the size, whatever the key is for.
    let checked = match key.kind() {
        DecodingKeyKind::RsaModulusExponent { n, e } => {
            PublicKeyComponents { n, e }.try_into().ok()
        }
        DecodingKeyKind::SecretOrDer(der) => PublicKey::from_der(der).ok().and_then(|key| {
            let der: PublicKeyX509Der<'_> = key.as_der().ok()?;
            PublicEncryptingKey::from_der(der.as_ref()).ok()
        }),
    };
    let checked: Option<PublicEncryptingKey> = checked;
    key.family() == AlgorithmFamily::Rsa && checked.is_some()
}
