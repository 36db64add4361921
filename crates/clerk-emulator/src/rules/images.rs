//! Pictures: taken in, kept and served.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::ClerkError;
use crate::html::escaped;
use crate::id;
use crate::model::Image;
use crate::scope::{Answer, Reply, Scope};

/// The kinds of pictures that are taken, by their first bytes. SVG is not: it can hold scripts.
const KINDS: [(&[u8], &str); 4] = [
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
];

/// The largest picture, in bytes: 10 MB, as at Clerk.
const SIZE_MAX: usize = 10 * 1024 * 1024;

/// Keeps the picture that came with the call, in place of an older one.
pub fn upload(scope: &Scope<'_>, older: Option<&str>) -> Result<Image, ClerkError> {
    let upload = scope.call.upload.as_ref();
    let upload = upload.ok_or_else(|| ClerkError::missing("file"))?;
    let mut bytes = upload.bytes.clone();
    if upload.content_type.is_empty() {
        // A text of clerk-js: base64, perhaps as a data URL.
        let text = String::from_utf8(bytes).unwrap_or_default();
        let data = text.rsplit(',').next().unwrap_or_default();
        bytes = STANDARD.decode(data.trim()).unwrap_or_default();
    }
    if bytes.len() > SIZE_MAX {
        return Err(ClerkError::at(
            "file",
            "image_too_large",
            "The image is larger than 10 MB.",
        ));
    }
    let kind = KINDS.iter().find(|(first, _)| bytes.starts_with(first));
    let Some((_, content_type)) = kind else {
        return Err(ClerkError::at(
            "file",
            "image_type_unsupported",
            "The image must be a PNG, JPEG, GIF or WebP.",
        ));
    };
    let image = Image {
        id: id::new("img"),
        content_type: (*content_type).to_owned(),
        bytes: STANDARD.encode(&bytes),
        created_at: scope.now,
    };
    if let Some(older) = older {
        scope.tx.delete::<Image>(older)?;
    }
    scope.tx.put(&image)?;
    Ok(image)
}

/// `GET /v1/images/{id}`
pub fn show(scope: &mut Scope<'_>) -> Answer {
    let id = scope.call.path("id");
    if id == "initials" {
        let svg = initials(scope.call.query("of").unwrap_or_default());
        return Ok(Reply::Bytes("image/svg+xml".to_owned(), svg.into_bytes()));
    }
    let image: Image = scope.tx.need(id)?;
    let bytes = STANDARD
        .decode(&image.bytes)
        .map_err(ClerkError::internal)?;
    Ok(Reply::Bytes(image.content_type, bytes))
}

/// `GET /v1/images/static/{name}`: the icon of a provider, drawn: their logos are theirs.
pub fn icon(scope: &mut Scope<'_>) -> Answer {
    let letter = scope.call.path("name").chars().next();
    let letter = letter.filter(char::is_ascii_alphanumeric).unwrap_or('?');
    let letter = letter.to_ascii_uppercase();
    // On light and dark ground, and as a mask, which sees only what is not transparent.
    let svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><circle cx="48" cy="48" r="43" fill="none" stroke="#767680" stroke-width="7"/><text x="48" y="51" fill="#767680" font-family="system-ui, sans-serif" font-size="54" font-weight="600" text-anchor="middle" dominant-baseline="central">{letter}</text></svg>"##
    );
    Ok(Reply::Bytes("image/svg+xml".to_owned(), svg.into_bytes()))
}

/// A picture for whoever has none.
fn initials(of: &str) -> String {
    let text: String = of
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(2)
        .collect();
    let hue = text
        .bytes()
        .fold(210_u32, |hue, byte| (hue * 31 + u32::from(byte)) % 360);
    let text = escaped(&text.to_uppercase());
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><rect width="96" height="96" fill="hsl({hue} 55% 42%)"/><text x="48" y="50" fill="#fff" font-family="system-ui, sans-serif" font-size="38" font-weight="600" text-anchor="middle" dominant-baseline="central">{text}</text></svg>"##
    )
}
