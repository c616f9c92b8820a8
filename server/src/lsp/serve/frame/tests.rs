//! Frames as clients send them: good, odd, broken, split anywhere.

use super::*;

const LIMIT: u64 = 64;

/// Reads all of `input` in pieces of `step` bytes: bodies as text, `!` for each bad frame.
fn read(input: &[u8], step: usize) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (near, mut far) = tokio::io::duplex(step);
        let input = input.to_vec();
        let write = async move {
            use tokio::io::AsyncWriteExt;
            // The reader may end before it has read everything.
            let _ = far.write_all(&input).await;
        };
        let read = async move {
            let mut reader = Reader::new(near, LIMIT);
            let mut frames = Vec::new();
            while let Some(frame) = reader.next().await.unwrap() {
                frames.push(match frame {
                    Frame::Body(body) => {
                        if serde_json::from_slice::<serde_json::Value>(&body).is_err() {
                            reader.reject(&body);
                        }
                        String::from_utf8_lossy(&body).into_owned()
                    }
                    Frame::Bad(_) => "!".to_owned(),
                });
            }
            frames
        };
        tokio::join!(write, read).1
    })
}

#[track_caller]
fn check(input: &str, expected: &[&str]) {
    for step in [1, 3, 7, 4096] {
        assert_eq!(read(input.as_bytes(), step), expected, "in steps of {step}");
    }
}

#[test]
fn plain_frames() {
    check(
        "Content-Length: 2\r\n\r\n{}Content-Length: 4\r\n\r\nnull",
        &["{}", "null"],
    );
}

#[test]
fn header_names_in_any_case_and_other_headers() {
    check(
        "content-length: 2\r\nContent-Type: application/json; charset=latin1\r\nX-Y: z\r\n\r\n{}",
        &["{}"],
    );
    check("A: b\r\nCONTENT-LENGTH:2\r\n\r\n{}", &["{}"]);
}

#[test]
fn bare_line_feeds_and_blank_lines_between() {
    check(
        "Content-Length: 2\n\n{}\r\n\nContent-Length: 2\n\n[]",
        &["{}", "[]"],
    );
}

#[test]
fn zero_length() {
    check(
        "Content-Length: 0\r\n\r\nContent-Length: 2\r\n\r\n{}",
        &["", "{}"],
    );
}

#[test]
fn lengths_that_are_none() {
    for length in ["abc", "-5", "", "1 2", "0x10", "1.5"] {
        check(
            &format!("Content-Length: {length}\r\n\r\n{{}}Content-Length: 4\r\n\r\nnull"),
            &["!", "null"],
        );
    }
}

#[test]
fn no_length() {
    check(
        "Content-Type: x\r\n\r\n{}Content-Length: 4\r\n\r\nnull",
        &["!", "null"],
    );
    check("{\"id\":1}Content-Length: 4\r\n\r\nnull", &["!", "null"]);
    check(
        "hello\nworld\n\nContent-Length: 4\r\n\r\nnull",
        &["!", "null"],
    );
}

#[test]
fn a_length_too_short() {
    check(
        "Content-Length: 3\r\n\r\n{\"a\":1}Content-Length: 4\r\n\r\nnull",
        &["{\"a", "null"],
    );
}

#[test]
fn a_length_too_long() {
    check(
        "Content-Length: 20\r\n\r\n{\"a\":1}Content-Length: 4\r\n\r\nnullContent-Length: 2\r\n\r\n{}",
        &["{\"a\":1}Content-Lengt", "{}"],
    );
    check(
        "Content-Length: 35\r\n\r\n{\"a\":1}Content-Length: 4\r\n\r\nnullContent-Length: 2\r\n\r\n{}",
        &["{\"a\":1}Content-Length: 4\r\n\r\nnullCon", "null", "{}"],
    );
}

#[test]
fn a_header_inside_of_valid_text_is_text() {
    let body = r#"{"text":"Content-Length: 2\r\n\r\n{}"}"#;
    check(
        &format!("Content-Length: {}\r\n\r\n{body}", body.len()),
        &[body],
    );
}

#[test]
fn too_large_is_read_over() {
    let large = "x".repeat(100);
    check(
        &format!("Content-Length: 100\r\n\r\n{large}Content-Length: 2\r\n\r\n{{}}"),
        &["!", "{}"],
    );
}

#[test]
fn an_absurd_length_ends_the_input() {
    for length in ["18446744073709551615", "99999999999999999999999999"] {
        check(
            &format!("Content-Length: 2\r\n\r\n{{}}Content-Length: {length}\r\n\r\n{{}}"),
            &["{}"],
        );
    }
}

#[test]
fn endless_junk_is_read_over() {
    let junk = "j".repeat(LINE_LIMIT * 5);
    let input = format!("{junk}Content-Length: 2\r\n\r\n{{}}");
    assert_eq!(read(input.as_bytes(), 4096), ["!", "{}"]);
}

#[test]
fn a_cut_off_frame_is_none() {
    check("Content-Length: 10\r\n\r\n{}", &[]);
    check("Content-Len", &[]);
}
