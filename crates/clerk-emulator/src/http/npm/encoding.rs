//! In which encoding an answer is sent, of those that are there (RFC 9110 § 12.5.3). Pure.

/// How the bytes of a file are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// What this `Accept-Encoding` likes best, the smaller one where it likes several as well;
    /// the file as it is if nothing else will do.
    pub fn accepted(header: &str) -> Self {
        let all: Vec<(String, f32)> = header.split(',').filter_map(asked).collect();
        let quality = |name: &str| {
            let found = all.iter().find(|(it, _)| it == name);
            let found = found.or_else(|| all.iter().find(|(it, _)| it == "*"));
            found.map(|(_, quality)| *quality)
        };
        let gzip = quality("gzip").or_else(|| quality("x-gzip")).unwrap_or(0.0);
        let brotli = quality("br").unwrap_or(0.0);
        // A file as it is may be sent if nobody says otherwise, and is what nobody asked for.
        let identity = quality("identity").unwrap_or(0.0);
        if brotli > 0.0 && brotli >= gzip && brotli >= identity {
            Self::Brotli
        } else if gzip > 0.0 && gzip >= identity {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    /// Its name in `Content-Encoding`; none for the file as it is.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }
}

/// `gzip;q=0.5` → (`gzip`, 0.5). What is no weight counts as none.
fn asked(part: &str) -> Option<(String, f32)> {
    let (name, parameters) = part.split_once(';').unwrap_or((part, ""));
    let name = name.trim().to_ascii_lowercase();
    let weight = parameters.trim();
    let quality = match weight.strip_prefix("q=").or(weight.strip_prefix("Q=")) {
        Some(weight) => weight.trim().parse().unwrap_or(0.0),
        None => 1.0,
    };
    (!name.is_empty()).then_some((name, quality))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_of_what_is_liked_best() {
        use Encoding::{Brotli, Gzip, Identity};
        for (header, expected) in [
            ("gzip, deflate, br, zstd", Brotli),
            ("br", Brotli),
            ("BR;Q=0.5", Brotli),
            ("*", Brotli),
            ("gzip;q=0.5, *;q=0.5", Brotli),
            ("gzip, deflate", Gzip),
            ("x-gzip", Gzip),
            ("gzip;q=1.0, br;q=0.9", Gzip),
            ("br;q=0, gzip", Gzip),
            ("br;q=0, *", Gzip),
            ("br;q=nonsense, gzip ; q=0.1", Gzip),
            ("gzip, identity", Gzip),
            ("", Identity),
            ("zstd, deflate", Identity),
            ("identity", Identity),
            ("identity, br;q=0.5", Identity),
            ("br;q=0", Identity),
            ("gzip;q=0, *;q=0", Identity),
            ("bread, gzipped", Identity),
            (",;q=1,", Identity),
        ] {
            assert_eq!(Encoding::accepted(header), expected, "{header}");
        }
    }
}
