//! Reads frames (`Content-Length: N`, a blank line, N bytes) from a client that may get them wrong, and finds the next good one.
//!
//! Header names in any case, bare LF line ends and other headers are accepted. After a broken frame reading goes on at the next
//! thing that looks like a header: that text cannot stand in valid JSON, which has no raw line ends in its strings.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

const NAME: &[u8] = b"content-length:";
/// A header line longer than this (bytes) is none.
const LINE_LIMIT: usize = 16 << 10;
/// A body longer than this (bytes) is no mistake to read over: the connection ends.
const ABSURD: u64 = 1 << 36;
/// The buffer gives its memory back when it is empty and larger than this (bytes).
const KEEP: usize = 1 << 20;

/// What came from the client.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame {
    Body(Bytes),
    /// Not a frame, or one that is too large: why. It has been read over.
    Bad(&'static str),
}

/// Reads frames; cancelling [`Reader::next`] loses nothing.
pub struct Reader<R> {
    input: R,
    buffer: BytesMut,
    /// The most bytes of a body.
    limit: u64,
    /// Bytes of a body that was refused which are still to come.
    draining: u64,
    /// Whether the last frame was bad, so that what follows it may be its rest.
    lost: bool,
}

impl<R: AsyncRead + Unpin> Reader<R> {
    pub fn new(input: R, limit: u64) -> Reader<R> {
        Reader {
            input,
            buffer: BytesMut::new(),
            limit,
            draining: 0,
            lost: false,
        }
    }

    /// The next frame; `None` at the end of the input and after an absurd length.
    pub async fn next(&mut self) -> io::Result<Option<Frame>> {
        loop {
            let drained = self.draining.min(self.buffer.len() as u64);
            let _ = self.buffer.split_to(drained as usize);
            self.draining -= drained;
            match find_header(&self.buffer) {
                _ if self.draining > 0 => {}
                Header::Complete { junk, length, body } => {
                    if junk && !self.lost {
                        self.skip_to_header();
                        return Ok(Some(Frame::Bad("no frame header")));
                    }
                    if length > ABSURD {
                        return Ok(None);
                    }
                    if length > self.limit {
                        let _ = self.buffer.split_to(body);
                        self.draining = length;
                        return Ok(Some(Frame::Bad("the frame is too large")));
                    }
                    if self.buffer.len() as u64 >= body as u64 + length {
                        let _ = self.buffer.split_to(body);
                        self.lost = false;
                        return Ok(Some(Frame::Body(self.take(length as usize))));
                    }
                }
                Header::Broken { end } => {
                    let _ = self.buffer.split_to(end);
                    if !std::mem::replace(&mut self.lost, true) {
                        return Ok(Some(Frame::Bad("a frame header without a usable length")));
                    }
                    continue;
                }
                Header::Blank { end } => {
                    let _ = self.buffer.split_to(end);
                    continue;
                }
                Header::Partial => {}
            }
            if self.buffer.is_empty() && self.buffer.capacity() > KEEP {
                self.buffer = BytesMut::new();
            }
            self.buffer.reserve(16 << 10);
            if self.input.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// Says that `body` was no message. Where the start of another frame lies in it (its length was too long), reading goes on
    /// there.
    pub fn reject(&mut self, body: &[u8]) {
        self.lost = true;
        if let Some((start, ..)) = length_line(body, 0) {
            let mut buffer = BytesMut::from(&body[start..]);
            buffer.extend_from_slice(&self.buffer);
            self.buffer = buffer;
        }
    }

    fn take(&mut self, length: usize) -> Bytes {
        let body = self.buffer.split_to(length).freeze();
        if body.len() > KEEP {
            // The rest would keep the large allocation alive.
            self.buffer = BytesMut::from(&self.buffer[..]);
        }
        body
    }

    /// Drops what stands before the header that is known to be in the buffer.
    fn skip_to_header(&mut self) {
        if let Some((start, ..)) = length_line(&self.buffer, 0) {
            let _ = self.buffer.split_to(start);
        }
    }
}

enum Header {
    /// More bytes are needed.
    Partial,
    /// A body of `length` bytes starts at `body`; `junk` says that bytes stand before the header that are no header.
    Complete {
        junk: bool,
        length: u64,
        body: usize,
    },
    /// A blank line where a header should start; read over.
    Blank { end: usize },
    /// The bytes up to `end` are no header with a length.
    Broken { end: usize },
}

fn find_header(buffer: &[u8]) -> Header {
    let mut at = 0;
    let mut junk = false;
    let mut length = None;
    while let Some(end) = memchr::memchr(b'\n', &buffer[at..]).map(|end| at + end) {
        let line = buffer[at..end].trim_ascii();
        let next = end + 1;
        if line.is_empty() {
            match length {
                Some(length) => {
                    return Header::Complete {
                        junk,
                        length,
                        body: next,
                    };
                }
                None if at == 0 => return Header::Blank { end: next },
                None => return Header::Broken { end: next },
            }
        }
        match length_line(&buffer[at..next], 0) {
            Some((start, value, _)) => {
                junk |= start > 0;
                length = Some(value);
            }
            None => junk |= !is_other_header(line),
        }
        at = next;
    }
    match buffer.len() - at > LINE_LIMIT {
        // Keep what may be the start of a header's name.
        true => Header::Broken {
            end: buffer.len() - NAME.len(),
        },
        false => Header::Partial,
    }
}

/// The first `Content-Length: N` followed by a line end, from `from` on: its start, N, and the offset behind the line end.
fn length_line(bytes: &[u8], from: usize) -> Option<(usize, u64, usize)> {
    let starts = memchr::memchr2_iter(b'c', b'C', &bytes[from..]).map(|at| from + at);
    for start in starts {
        let name_end = start + NAME.len();
        if bytes.len() < name_end || !bytes[start..name_end].eq_ignore_ascii_case(NAME) {
            continue;
        }
        let Some(end) = memchr::memchr(b'\n', &bytes[name_end..]).map(|end| name_end + end) else {
            continue;
        };
        let digits = bytes[name_end..end].trim_ascii();
        if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
            // More digits than fit are more than anybody sends.
            let value = std::str::from_utf8(digits)
                .ok()?
                .parse()
                .unwrap_or(u64::MAX);
            return Some((start, value, end + 1));
        }
    }
    None
}

/// Whether the line looks like `Name: value`, of a header that says nothing to us.
fn is_other_header(line: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', line) else {
        return false;
    };
    let name = &line[..colon];
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    !name.is_empty() && name.iter().all(is_name) && !name.eq_ignore_ascii_case(b"content-length")
}

#[cfg(test)]
#[path = "frame/tests.rs"]
mod tests;
