//! Reads the values of a GGUF header with every length bounded by what the file can hold.

use std::io::Read;

use super::{Refused, refuse};

/// The most bytes of one text; chat templates have some tens of kilobytes.
const MAX_TEXT: u64 = 1 << 20;
/// The most entries of one array; vocabularies have up to 300 000.
const MAX_ARRAY: u64 = 1 << 22;

/// The kinds of values that are kept; of other arrays only that they were there.
pub enum Value {
    Uint(u64),
    Int(i64),
    Float,
    Bool(bool),
    Text(String),
    Texts(Vec<String>),
    Integers(Vec<i64>),
    Skipped,
}

impl Value {
    pub fn uint(&self) -> Option<u64> {
        match self {
            Value::Uint(value) => Some(*value),
            Value::Int(value) => u64::try_from(*value).ok(),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

pub struct Reader<R> {
    input: R,
    position: u64,
    length: u64,
}

impl<R: Read> Reader<R> {
    pub fn new(input: R, length: u64) -> Reader<R> {
        Reader {
            input,
            position: 0,
            length,
        }
    }

    /// Bytes read so far.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Bytes of the whole file.
    pub fn length(&self) -> u64 {
        self.length
    }

    pub fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Refused> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// A count of things of which each takes a byte at least.
    pub fn count(&mut self, what: &str, most: u64) -> Result<u64, Refused> {
        let count = u64::from_le_bytes(self.bytes()?);
        if count > most || count > self.length {
            return refuse(format!("it claims to have {count} {what}; it is damaged"));
        }
        Ok(count)
    }

    pub fn key(&mut self) -> Result<String, Refused> {
        let key = self.text("a metadata key", 65_535)?;
        if key.is_empty() {
            return refuse("a metadata key is empty; it is damaged");
        }
        Ok(key)
    }

    /// Text that is not UTF-8 is taken with replacement characters: some vocabularies hold raw bytes.
    pub fn text(&mut self, what: &str, most: u64) -> Result<String, Refused> {
        let length = u64::from_le_bytes(self.bytes()?);
        if length > most || length > self.length.saturating_sub(self.position) {
            return refuse(format!(
                "{what} claims to have {length} bytes; it is damaged"
            ));
        }
        let mut bytes = vec![0; length as usize];
        self.fill(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    pub fn value(&mut self, key: &str) -> Result<Value, Refused> {
        let kind = u32::from_le_bytes(self.bytes()?);
        match kind {
            9 => self.array(key),
            8 => Ok(Value::Text(self.text(key, MAX_TEXT)?)),
            _ => self.scalar(key, kind),
        }
    }

    fn array(&mut self, key: &str) -> Result<Value, Refused> {
        let kind = u32::from_le_bytes(self.bytes()?);
        let count = self.count(&format!("entries in {key}"), MAX_ARRAY)?;
        if kind == 8 {
            let texts: Result<Vec<_>, _> = (0..count).map(|_| self.text(key, MAX_TEXT)).collect();
            return Ok(Value::Texts(texts?));
        }
        let mut integers = Vec::new();
        for _ in 0..count {
            match self.scalar(key, kind)? {
                Value::Uint(value) => integers.push(i64::try_from(value).unwrap_or(i64::MAX)),
                Value::Int(value) => integers.push(value),
                _ => {}
            }
        }
        Ok(if integers.len() as u64 == count {
            Value::Integers(integers)
        } else {
            Value::Skipped
        })
    }

    fn scalar(&mut self, key: &str, kind: u32) -> Result<Value, Refused> {
        Ok(match kind {
            0 => Value::Uint(self.bytes::<1>()?[0].into()),
            1 => Value::Int(i8::from_le_bytes(self.bytes()?).into()),
            2 => Value::Uint(u16::from_le_bytes(self.bytes()?).into()),
            3 => Value::Int(i16::from_le_bytes(self.bytes()?).into()),
            4 => Value::Uint(u32::from_le_bytes(self.bytes()?).into()),
            5 => Value::Int(i32::from_le_bytes(self.bytes()?).into()),
            6 => self.bytes::<4>().map(|_| Value::Float)?,
            7 => Value::Bool(self.bytes::<1>()?[0] != 0),
            10 => Value::Uint(u64::from_le_bytes(self.bytes()?)),
            11 => Value::Int(i64::from_le_bytes(self.bytes()?)),
            12 => self.bytes::<8>().map(|_| Value::Float)?,
            _ => return refuse(format!("{key} has an unknown type; it is damaged")),
        })
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Refused> {
        if self.input.read_exact(bytes).is_err() {
            return refuse("it ends in the middle of its header. Download it again");
        }
        self.position += bytes.len() as u64;
        Ok(())
    }
}
