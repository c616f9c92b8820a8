//! Splits the bytes of a streamed answer into messages: server-sent events, or JSON values one after the other; pure.
//!
//! Bytes may be cut anywhere. A byte order mark, all three line ends, comments (keep-alives) and an event without the blank line
//! at its end are taken; a message over the limit is an error, not memory.

/// One message of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The event's name; empty for unnamed ones and for bare JSON.
    pub event: String,
    pub data: String,
}

/// A message was longer than the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooBig;

/// Takes bytes, gives messages.
pub struct Parser {
    /// The most bytes of one message.
    limit: usize,
    form: Form,
}

enum Form {
    /// Nothing but blanks and a byte order mark so far.
    Unknown,
    Events(Events),
    Json(Json),
}

impl Parser {
    pub fn new(limit: usize) -> Parser {
        Parser {
            limit,
            form: Form::Unknown,
        }
    }

    /// Takes the next bytes; complete messages go to `messages`.
    pub fn push(&mut self, bytes: &[u8], messages: &mut Vec<Message>) -> Result<(), TooBig> {
        let mut bytes = bytes;
        if let Form::Unknown = self.form {
            let skipped = |byte: &u8| byte.is_ascii_whitespace() || b"\xEF\xBB\xBF".contains(byte);
            let Some(start) = bytes.iter().position(|byte| !skipped(byte)) else {
                return Ok(());
            };
            bytes = &bytes[start..];
            self.form = match bytes[0] {
                b'{' | b'[' => Form::Json(Json::default()),
                _ => Form::Events(Events::default()),
            };
        }
        match &mut self.form {
            Form::Unknown => Ok(()),
            Form::Events(events) => events.push(bytes, self.limit, messages),
            Form::Json(json) => json.push(bytes, self.limit, messages),
        }
    }

    /// The last message, where the stream ended without the mark that would have completed it.
    pub fn finish(self) -> Option<Message> {
        let Form::Events(mut events) = self.form else {
            return None;
        };
        let mut messages = Vec::new();
        events.end_line(&mut messages);
        events.end_message(&mut messages);
        messages.into_iter().next()
    }
}

#[derive(Default)]
struct Events {
    line: Vec<u8>,
    /// The last byte was a CR: a LF belongs to the same line end.
    after_return: bool,
    message: Option<Message>,
    event: String,
}

impl Events {
    fn push(
        &mut self,
        mut bytes: &[u8],
        limit: usize,
        messages: &mut Vec<Message>,
    ) -> Result<(), TooBig> {
        if std::mem::take(&mut self.after_return) && bytes.first() == Some(&b'\n') {
            bytes = &bytes[1..];
        }
        while let Some(end) = memchr::memchr2(b'\r', b'\n', bytes) {
            self.line.extend_from_slice(&bytes[..end]);
            self.check(limit)?;
            self.end_line(messages);
            let crlf = bytes[end..].starts_with(b"\r\n");
            self.after_return = bytes[end..] == *b"\r";
            bytes = &bytes[end + 1 + usize::from(crlf)..];
        }
        self.line.extend_from_slice(bytes);
        self.check(limit)
    }

    fn check(&self, limit: usize) -> Result<(), TooBig> {
        let data = self
            .message
            .as_ref()
            .map_or(0, |message| message.data.len());
        if self.line.len() + data > limit {
            return Err(TooBig);
        }
        Ok(())
    }

    fn end_line(&mut self, messages: &mut Vec<Message>) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        if line.is_empty() {
            self.end_message(messages);
            return;
        }
        // Some servers write an error as a bare JSON line into a stream of events.
        let (name, value) = match line.starts_with('{') {
            true => ("data", line.as_ref()),
            false => line.split_once(':').unwrap_or((&line, "")),
        };
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => match &mut self.message {
                Some(message) => {
                    message.data.push('\n');
                    message.data.push_str(value);
                }
                None => {
                    self.message = Some(Message {
                        event: String::new(),
                        data: value.to_owned(),
                    });
                }
            },
            "event" => self.event = value.to_owned(),
            _ => {}
        }
    }

    fn end_message(&mut self, messages: &mut Vec<Message>) {
        let event = std::mem::take(&mut self.event);
        if let Some(message) = self.message.take() {
            messages.push(Message { event, ..message });
        }
    }
}

/// JSON values without anything around them: one line each, or one value over many lines.
#[derive(Default)]
struct Json {
    value: Vec<u8>,
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Json {
    fn push(
        &mut self,
        bytes: &[u8],
        limit: usize,
        messages: &mut Vec<Message>,
    ) -> Result<(), TooBig> {
        for byte in bytes {
            if self.depth == 0 && !matches!(byte, b'{' | b'[') {
                continue;
            }
            self.value.push(*byte);
            if self.value.len() > limit {
                return Err(TooBig);
            }
            match byte {
                _ if std::mem::take(&mut self.escaped) => {}
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                b'{' | b'[' if !self.in_string => self.depth += 1,
                b'}' | b']' if !self.in_string => self.depth -= 1,
                _ => {}
            }
            if self.depth == 0 {
                let value = std::mem::take(&mut self.value);
                messages.push(Message {
                    event: String::new(),
                    data: String::from_utf8_lossy(&value).into_owned(),
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds a stream whole, byte by byte and in pieces of 2 to 7 bytes; all must give the same.
    fn parse(stream: &[u8]) -> Vec<(String, String)> {
        let run = |size: usize| {
            let mut parser = Parser::new(1000);
            let mut messages = Vec::new();
            for piece in stream.chunks(size) {
                parser.push(piece, &mut messages).unwrap();
            }
            messages.extend(parser.finish());
            messages
        };
        let whole = run(stream.len().max(1));
        for size in 1..8 {
            assert_eq!(run(size), whole, "in pieces of {size}");
        }
        let pairs = whole.into_iter();
        pairs.map(|message| (message.event, message.data)).collect()
    }

    fn check(stream: &str, data: &[&str]) {
        let found: Vec<String> = parse(stream.as_bytes()).into_iter().map(|m| m.1).collect();
        assert_eq!(found, data);
    }

    #[test]
    fn events_end_with_a_blank_line() {
        check("data: a\n\ndata: b\n\n", &["a", "b"]);
    }

    #[test]
    fn all_line_ends_are_taken() {
        check("data: a\r\n\r\ndata: b\r\rdata: c\n\n", &["a", "b", "c"]);
    }

    #[test]
    fn an_event_over_several_lines_is_joined() {
        check("data: a\r\ndata:  b\r\ndata\r\n\r\n", &["a\n b\n"]);
    }

    #[test]
    fn a_byte_order_mark_is_skipped() {
        check("\u{feff}data: a\n\n", &["a"]);
        check("\u{feff}{\"a\":1}", &["{\"a\":1}"]);
    }

    #[test]
    fn keep_alives_and_other_fields_say_nothing() {
        check(":\n\n: ping\n\nid: 7\nretry: 5\n\ndata: a\n\n:\n", &["a"]);
    }

    #[test]
    fn the_last_event_needs_no_blank_line() {
        check("data: a\n\ndata: [DONE]", &["a", "[DONE]"]);
    }

    #[test]
    fn characters_cut_in_two_come_out_whole() {
        check("data: größe 🦀 ✓\n\n", &["größe 🦀 ✓"]);
    }

    #[test]
    fn events_have_names() {
        let named = parse(b"event: error\ndata: x\n\ndata: y\n\n");
        let pair = |event: &str, data: &str| (event.to_owned(), data.to_owned());
        assert_eq!(named, [pair("error", "x"), pair("", "y")]);
    }

    #[test]
    fn json_comes_by_lines_or_as_one_value() {
        check(
            "{\"a\":1}\n{\"b\":\"}\\\"{\"}\n",
            &["{\"a\":1}", "{\"b\":\"}\\\"{\"}"],
        );
        check(
            "\n{\n  \"a\": [1,\n {}]\n}\n",
            &["{\n  \"a\": [1,\n {}]\n}"],
        );
    }

    #[test]
    fn a_bare_json_line_among_events_is_a_message() {
        check(
            "data: a\n\n{\"error\":\"x\"}\n\n",
            &["a", "{\"error\":\"x\"}"],
        );
    }

    #[test]
    fn unfinished_json_is_no_message() {
        check("{\"a\":", &[]);
    }

    #[test]
    fn a_message_over_the_limit_is_an_error() {
        for start in ["data: ", "{\"a\":\"", "data: x\ndata: "] {
            let mut parser = Parser::new(1000);
            let mut messages = Vec::new();
            parser.push(start.as_bytes(), &mut messages).unwrap();
            let pushed = (0..1000).try_for_each(|_| parser.push(b"zz", &mut messages));
            assert_eq!(pushed, Err(TooBig), "{start}");
        }
    }

    #[test]
    fn many_events_are_not_one_big_message() {
        let stream = "data: 0123456789\n\n".repeat(1000);
        assert_eq!(parse(stream.as_bytes()).len(), 1000);
    }
}
