//! What a refused request means: the server's own words out of JSON, a page or plain text, and what the user can do; pure.

use std::time::Duration;

use serde_json::Value;

use crate::model::Error;

/// Longer messages are cut (characters).
const LONGEST: usize = 400;

/// The error that a status and a body mean; `url` says what a right one looks like.
pub fn error(
    target: String,
    url: &str,
    status: u16,
    retry_after: Option<Duration>,
    location: Option<String>,
    body: &[u8],
) -> Error {
    let mut message = describe(body);
    if (300..400).contains(&status)
        && let Some(location) = location
    {
        message = format!("it redirects to {location}; if that is right, write it into url");
    }
    if status == 404 {
        message = format!("{message} (is the url right? it {url}; and is the model there?)");
    }
    if status == 413 || is_too_long(&message) {
        return Error::TooLong { message };
    }
    match status {
        401 | 403 => Error::Unauthorized { target, message },
        _ => Error::Rejected {
            target,
            status,
            message,
            retry_after,
        },
    }
}

/// A server's complaint in one line.
pub fn describe(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let words = match serde_json::from_str::<Value>(&text) {
        Ok(value) => message(&value).unwrap_or_else(|| value.to_string()),
        Err(_) => page_title(&text).unwrap_or_else(|| text.into_owned()),
    };
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.is_empty() => "no reason given".to_owned(),
        None => line,
    }
}

/// The message in the shapes that servers use: `error.message`, `error`, `message`, `detail`.
pub fn message(value: &Value) -> Option<String> {
    let error = value.get("error").filter(|error| !error.is_null());
    let found = match error {
        Some(Value::String(text)) => return Some(text.clone()),
        Some(object) => object.get("message").or(Some(object)),
        None => value.get("message").or(value.get("detail")),
    };
    match found? {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn page_title(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    if !lower.contains("<html") && !lower.contains("<!doctype") {
        return None;
    }
    let title = lower.find("<title>").and_then(|start| {
        let start = start + "<title>".len();
        let end = lower[start..].find("</title>")? + start;
        text.get(start..end)
    });
    let title = title.unwrap_or("without a title").trim();
    Some(format!("a web page: {title}"))
}

fn is_too_long(message: &str) -> bool {
    let lower = message.to_ascii_lowercase();
    let signs = [
        "exceeds the available context",
        "maximum context length",
        "context length currently available",
        "exceed_context_size",
        "prompt is too long",
        "input is too long",
    ];
    signs.iter().any(|sign| lower.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_found_in_every_shape() {
        for (body, expected) in [
            (
                r#"{"error":{"message":"no such model","code":404}}"#,
                "no such model",
            ),
            (
                r#"{"error":"model \"x\" not found"}"#,
                "model \"x\" not found",
            ),
            (r#"{"message":"Unauthorized"}"#, "Unauthorized"),
            (
                r#"{"detail":[{"loc":["body","n"],"msg":"bad"}]}"#,
                r#"[{"loc":["body","n"],"msg":"bad"}]"#,
            ),
            (
                "<!DOCTYPE html><html><head><title>502 Bad\nGateway</title>",
                "a web page: 502 Bad Gateway",
            ),
            ("plain\r\n text", "plain text"),
            ("", "no reason given"),
        ] {
            assert_eq!(describe(body.as_bytes()), expected);
        }
        assert!(describe("ä".repeat(5000).as_bytes()).chars().count() <= LONGEST + 1);
    }

    #[test]
    fn a_status_means_what_the_user_can_do() {
        let error = |status, body: &str| {
            super::error(
                "t".to_owned(),
                "mostly ends in /v1",
                status,
                None,
                Some("http://b/".to_owned()),
                body.as_bytes(),
            )
        };
        assert!(matches!(error(401, "{}"), Error::Unauthorized { .. }));
        assert!(matches!(error(413, "{}"), Error::TooLong { .. }));
        let too_long = "request (9000 tokens) exceeds the available context size (4096 tokens)";
        assert!(matches!(error(400, too_long), Error::TooLong { .. }));
        assert!(matches!(
            error(500, "x"),
            Error::Rejected { status: 500, .. }
        ));
        assert!(
            error(308, "")
                .to_string()
                .contains("redirects to http://b/")
        );
        assert!(error(404, "").to_string().contains("url right"));
    }
}
