//! Reads the header of a GGUF file and refuses what the C++ library could stumble over, with a reason a user understands.
//!
//! The format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

mod reader;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use reader::{Reader, Value};

/// More layers than any model has; llama.cpp ends the process over absurd numbers.
const LAYERS: std::ops::RangeInclusive<u64> = 1..=512;
const MAX_TENSORS: u64 = 100_000;
const MAX_KEYS: u64 = 10_000;

/// What the header says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    pub architecture: String,
    pub name: Option<String>,
    /// Tokens that the model was trained to read together.
    pub context_length: Option<u64>,
    pub block_count: u64,
    /// The number of tokens in the vocabulary.
    pub vocabulary: usize,
    /// The texts of control and user-defined tokens, by number.
    pub control_tokens: Vec<(u32, String)>,
    pub add_bos: Option<bool>,
    pub chat_template: bool,
    /// Bytes of the whole file.
    pub length: u64,
}

impl Header {
    /// Whether the vocabulary has a control token of this text.
    pub fn has_control(&self, text: &str) -> bool {
        self.control_tokens.iter().any(|(_, own)| own == text)
    }
}

/// Why a file is no model that can be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

fn refuse<T>(reason: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(reason.into()))
}

/// Reads and checks the header of the file at `path`.
pub fn open(path: &Path) -> Result<Header, Refused> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => return refuse(format!("cannot read {}: {error}", path.display())),
    };
    let shown = path.display();
    if metadata.is_dir() {
        return refuse(format!("{shown} is a folder, not a .gguf file"));
    }
    if !metadata.is_file() {
        return refuse(format!("{shown} is not an ordinary file"));
    }
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return refuse(format!("cannot read {shown}: {error}")),
    };
    read(BufReader::with_capacity(1 << 16, file), metadata.len())
        .map_err(|Refused(reason)| Refused(format!("{shown} cannot be used: {reason}")))
}

/// Reads and checks a header; `length` is that of the whole file, in bytes.
pub fn read(input: impl Read, length: u64) -> Result<Header, Refused> {
    let mut reader = Reader::new(input, length);
    check_magic(&mut reader, length)?;
    let tensors = reader.count("tensors", MAX_TENSORS)?;
    let keys = reader.count("metadata entries", MAX_KEYS)?;
    if tensors == 0 {
        return refuse("it holds no weights, only a vocabulary");
    }
    let mut found = Found::default();
    for _ in 0..keys {
        let key = reader.key()?;
        let value = reader.value(&key)?;
        found.keep(key, value);
    }
    let alignment = found.alignment()?;
    check_tensors(&mut reader, tensors, alignment)?;
    found.header(length)
}

fn check_magic<R: Read>(reader: &mut Reader<R>, length: u64) -> Result<(), Refused> {
    if length == 0 {
        return refuse("it is empty; was the download interrupted?");
    }
    if length < 24 {
        return refuse("it is too short to be a GGUF file; was the download interrupted?");
    }
    let magic: [u8; 4] = reader.bytes()?;
    match &magic {
        b"GGUF" => {}
        [b'<', ..] => {
            return refuse("it is a web page, not weights; check the address it came from");
        }
        b"vers" => return refuse("it is a Git LFS pointer, not the weights themselves"),
        b"PK\x03\x04" => return refuse("it is a zip archive, not a GGUF file"),
        b"ggml" | b"ggjt" | b"lmgg" | b"tjgg" => {
            return refuse("it is in the old GGML format; convert it to GGUF");
        }
        _ => return refuse("it is not a GGUF file (the first bytes are not \"GGUF\")"),
    }
    match u32::from_le_bytes(reader.bytes()?) {
        2 | 3 => Ok(()),
        1 => refuse("it is GGUF version 1, which nothing reads any more; convert it anew"),
        version if (1..=16).contains(&version.swap_bytes()) => {
            refuse("it is written for big-endian machines; get the little-endian file")
        }
        version => refuse(format!(
            "it is GGUF version {version}; 2 and 3 are known here"
        )),
    }
}

/// Every tensor must lie within the file: a truncated download is found here, before anything is mapped.
fn check_tensors<R: Read>(
    reader: &mut Reader<R>,
    tensors: u64,
    alignment: u64,
) -> Result<(), Refused> {
    let mut end = 0_u64;
    for _ in 0..tensors {
        let name = reader.text("a tensor's name", 1024)?;
        let dimensions = u32::from_le_bytes(reader.bytes()?);
        if !(1..=4).contains(&dimensions) {
            return refuse(format!("tensor {name:?} has {dimensions} dimensions"));
        }
        let mut shape = [1_u64; 4];
        for size in shape.iter_mut().take(dimensions as usize) {
            *size = u64::from_le_bytes(reader.bytes()?);
        }
        let kind = u32::from_le_bytes(reader.bytes()?);
        let offset = u64::from_le_bytes(reader.bytes()?);
        let size = tensor_bytes(&name, shape, kind)?;
        if !offset.is_multiple_of(alignment) {
            return refuse(format!(
                "tensor {name:?} is not aligned; the file is damaged"
            ));
        }
        match offset.checked_add(size) {
            Some(this) => end = end.max(this),
            None => return refuse(format!("tensor {name:?} lies outside of the file")),
        }
    }
    let start = reader.position().next_multiple_of(alignment);
    match start.checked_add(end) {
        Some(needed) if needed <= reader.length() => Ok(()),
        Some(needed) => refuse(format!(
            "it is cut short: {} bytes of {needed} are there. Download it again",
            reader.length()
        )),
        None => refuse("its tensors lie outside of the file"),
    }
}

fn tensor_bytes(name: &str, shape: [u64; 4], kind: u32) -> Result<u64, Refused> {
    let elements = shape.iter().try_fold(1_u64, |product, size| {
        (*size > 0).then(|| product.checked_mul(*size)).flatten()
    });
    let row = TYPES.iter().find(|row| row.0 == kind);
    match (elements, row) {
        (None, _) => refuse(format!("tensor {name:?} has an impossible size")),
        (_, None) => refuse(format!(
            "tensor {name:?} uses quantisation number {kind}, which this version does not know"
        )),
        (Some(elements), Some((_, block, bytes))) => {
            if !shape[0].is_multiple_of(*block) {
                return refuse(format!("tensor {name:?} has rows of a broken length"));
            }
            match (elements / block).checked_mul(*bytes) {
                Some(size) => Ok(size),
                None => refuse(format!("tensor {name:?} has an impossible size")),
            }
        }
    }
}

/// Number of a tensor type, elements of a block, bytes of a block (`ggml.h`, `ggml-common.h`).
const TYPES: &[(u32, u64, u64)] = &[
    (0, 1, 4),
    (1, 1, 2),
    (2, 32, 18),
    (3, 32, 20),
    (6, 32, 22),
    (7, 32, 24),
    (8, 32, 34),
    (9, 32, 36),
    (10, 256, 84),
    (11, 256, 110),
    (12, 256, 144),
    (13, 256, 176),
    (14, 256, 210),
    (15, 256, 292),
    (16, 256, 66),
    (17, 256, 74),
    (18, 256, 98),
    (19, 256, 50),
    (20, 32, 18),
    (21, 256, 110),
    (22, 256, 82),
    (23, 256, 136),
    (24, 1, 1),
    (25, 1, 2),
    (26, 1, 4),
    (27, 1, 8),
    (28, 1, 8),
    (29, 256, 56),
    (30, 1, 2),
    (34, 256, 54),
    (35, 256, 66),
    (39, 32, 17),
    (40, 64, 36),
    (41, 128, 18),
    (42, 64, 18),
];

/// The metadata that matters, in any order of keys.
#[derive(Default)]
struct Found {
    values: Vec<(String, Value)>,
}

impl Found {
    fn keep(&mut self, key: String, value: Value) {
        self.values.push((key, value));
    }

    fn get(&self, key: &str) -> Option<&Value> {
        let entry = self.values.iter().find(|(own, _)| own == key);
        entry.map(|(_, value)| value)
    }

    fn alignment(&self) -> Result<u64, Refused> {
        match self.get("general.alignment").map(Value::uint) {
            None => Ok(32),
            Some(Some(alignment)) if alignment.is_power_of_two() && alignment <= 1 << 16 => {
                Ok(alignment)
            }
            Some(_) => refuse("its alignment is impossible"),
        }
    }

    fn header(&self, length: u64) -> Result<Header, Refused> {
        let architecture = match self.get("general.architecture").and_then(Value::text) {
            Some(text) if is_plausible(text) => text.to_owned(),
            Some(text) => return refuse(format!("its architecture {text:?} is not a name")),
            None => return refuse("it does not say its architecture"),
        };
        if ["clip", "mmproj", "whisper", "bert", "nomic-bert"].contains(&architecture.as_str()) {
            return refuse(format!(
                "its architecture is {architecture:?}, which does not write text"
            ));
        }
        let own = |key: &str| self.get(&format!("{architecture}.{key}"));
        let block_count = match own("block_count").and_then(Value::uint) {
            Some(count) if LAYERS.contains(&count) => count,
            Some(count) => return refuse(format!("it claims to have {count} layers")),
            None => return refuse("it does not say how many layers it has"),
        };
        let Some(Value::Texts(tokens)) = self.get("tokenizer.ggml.tokens") else {
            return refuse("it has no vocabulary");
        };
        if tokens.is_empty() {
            return refuse("its vocabulary is empty");
        }
        self.check_token_numbers(tokens.len())?;
        Ok(Header {
            name: self
                .get("general.name")
                .and_then(Value::text)
                .map(str::to_owned),
            context_length: own("context_length").and_then(Value::uint),
            block_count,
            vocabulary: tokens.len(),
            control_tokens: self.control_tokens(tokens)?,
            add_bos: match self.get("tokenizer.ggml.add_bos_token") {
                Some(Value::Bool(add)) => Some(*add),
                _ => None,
            },
            chat_template: self.get("tokenizer.chat_template").is_some(),
            architecture,
            length,
        })
    }

    /// A special token outside of the vocabulary loads well and ends the process later.
    fn check_token_numbers(&self, vocabulary: usize) -> Result<(), Refused> {
        for (key, value) in &self.values {
            let named = key.starts_with("tokenizer.ggml.") && key.ends_with("_token_id");
            if let Some(id) = value.uint().filter(|_| named)
                && id >= vocabulary as u64
                && id != u64::from(u32::MAX)
            {
                return refuse(format!(
                    "{key} is {id}, but there are only {vocabulary} tokens"
                ));
            }
        }
        Ok(())
    }

    /// Types of tokens: 3 is control, 4 is user-defined.
    fn control_tokens(&self, tokens: &[String]) -> Result<Vec<(u32, String)>, Refused> {
        let types = match self.get("tokenizer.ggml.token_type") {
            Some(Value::Integers(types)) => types.as_slice(),
            None => &[],
            Some(_) => return refuse("its token types are not numbers"),
        };
        if !types.is_empty() && types.len() != tokens.len() {
            return refuse("its vocabulary has more or fewer types than tokens");
        }
        let marked = types.iter().zip(tokens).zip(0_u32..);
        Ok(marked
            .filter(|((kind, _), _)| matches!(kind, 3 | 4))
            .map(|((_, text), id)| (id, text.clone()))
            .collect())
    }
}

fn is_plausible(architecture: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !architecture.is_empty() && architecture.len() <= 64 && architecture.bytes().all(allowed)
}
