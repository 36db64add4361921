//! Server-sent events out of bytes, by the rules of the HTML standard (§ 9.2.6) as far as this
//! API uses them. Pure.

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SseEvent {
    /// The field `id`
    pub id: String,
    /// The fields `data`, joined by line feeds
    pub data: String,
}

/// Collects chunks, wherever they are cut, into events.
#[derive(Debug, Default)]
pub struct SseParser {
    line: Vec<u8>,
    id: String,
    data: Vec<String>,
}

impl SseParser {
    /// Takes a chunk and answers the events it completes.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<SseEvent> {
        let mut events = Vec::new();
        for &byte in chunk {
            if byte != b'\n' {
                self.line.push(byte);
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(&line));
            if line.is_empty() {
                if !self.data.is_empty() {
                    let data = std::mem::take(&mut self.data).join("\n");
                    events.push(SseEvent {
                        id: self.id.clone(),
                        data,
                    });
                }
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "id" => value.clone_into(&mut self.id),
                "data" => self.data.push(value.to_owned()),
                // `event` is always `user` here; an empty field is a comment.
                _ => {}
            }
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str =
        "event: user\nid: 3\ndata: {\"name\":\"Ádá\"}\n\n: heartbeat\n\nid: 4\ndata: null\n\n";

    #[test]
    fn events_come_out_wherever_the_stream_is_cut() {
        let whole = SseParser::default().push(STREAM.as_bytes());
        assert_eq!(whole.len(), 2);
        assert_eq!(
            whole[0],
            SseEvent {
                id: "3".into(),
                data: "{\"name\":\"Ádá\"}".into()
            }
        );
        assert_eq!(
            whole[1],
            SseEvent {
                id: "4".into(),
                data: "null".into()
            }
        );
        for size in 1..STREAM.len() {
            let mut parser = SseParser::default();
            let cut: Vec<_> = STREAM
                .as_bytes()
                .chunks(size)
                .flat_map(|chunk| parser.push(chunk))
                .collect();
            assert_eq!(cut, whole, "cut into {size} bytes");
        }
    }

    #[test]
    fn heartbeats_and_unfinished_events_are_no_events() {
        assert_eq!(
            SseParser::default().push(b": beat\n\n:\n\ndata: half\n"),
            []
        );
    }

    #[test]
    fn carriage_returns_and_several_data_lines_are_fine() {
        let events = SseParser::default().push(b"id:7\r\ndata:a\r\ndata: b\r\n\r\n");
        assert_eq!(
            events,
            [SseEvent {
                id: "7".into(),
                data: "a\nb".into()
            }]
        );
    }
}
