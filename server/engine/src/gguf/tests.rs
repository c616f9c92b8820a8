//! Good headers are read and bad ones refused with a reason; each bad file differs from a good one in one thing.

use super::*;

/// A small GGUF file, part by part.
struct Sample {
    magic: &'static [u8],
    version: u32,
    tensors: u64,
    keys: Option<u64>,
    values: Vec<(&'static str, Vec<u8>)>,
    tensor: Vec<u8>,
    data: usize,
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

fn typed(kind: u32, value: impl AsRef<[u8]>) -> Vec<u8> {
    let mut bytes = kind.to_le_bytes().to_vec();
    bytes.extend_from_slice(value.as_ref());
    bytes
}

fn array(kind: u32, count: u64, entries: impl AsRef<[u8]>) -> Vec<u8> {
    let mut bytes = typed(9, kind.to_le_bytes());
    bytes.extend_from_slice(&count.to_le_bytes());
    bytes.extend_from_slice(entries.as_ref());
    bytes
}

fn tensor(name: &str, shape: &[u64], kind: u32, offset: u64) -> Vec<u8> {
    let mut bytes = text(name);
    bytes.extend_from_slice(&(shape.len() as u32).to_le_bytes());
    for size in shape {
        bytes.extend_from_slice(&size.to_le_bytes());
    }
    bytes.extend_from_slice(&kind.to_le_bytes());
    bytes.extend_from_slice(&offset.to_le_bytes());
    bytes
}

impl Sample {
    fn new() -> Sample {
        let tokens = [text("a"), text("<|fim_prefix|>"), text("<|end|>")].concat();
        let types = [1_i32, 4, 3].map(i32::to_le_bytes).concat();
        Sample {
            magic: b"GGUF",
            version: 3,
            tensors: 1,
            keys: None,
            values: vec![
                ("llama.block_count", typed(4, 2_u32.to_le_bytes())),
                ("general.architecture", typed(8, text("llama"))),
                ("general.name", typed(8, text("Tiny"))),
                ("llama.context_length", typed(4, 8192_u32.to_le_bytes())),
                ("llama.rope.freq_base", typed(6, 1.0_f32.to_le_bytes())),
                ("tokenizer.ggml.tokens", array(8, 3, tokens)),
                ("tokenizer.ggml.token_type", array(5, 3, types)),
                ("tokenizer.ggml.bos_token_id", typed(4, 2_u32.to_le_bytes())),
                ("tokenizer.ggml.add_bos_token", typed(7, [0])),
                ("tokenizer.chat_template", typed(8, text("{{ x }}"))),
            ],
            tensor: tensor("blk.0.w", &[64, 2], 8, 0),
            data: 136,
        }
    }

    fn set(mut self, key: &'static str, value: Vec<u8>) -> Sample {
        self.values.retain(|(own, _)| *own != key);
        self.values.push((key, value));
        self
    }

    fn without(mut self, key: &str) -> Sample {
        self.values.retain(|(own, _)| *own != key);
        self
    }

    fn with_tensor(mut self, tensor: Vec<u8>) -> Sample {
        self.tensor = tensor;
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.magic.to_vec();
        bytes.extend_from_slice(&self.version.to_le_bytes());
        bytes.extend_from_slice(&self.tensors.to_le_bytes());
        let keys = self.keys.unwrap_or(self.values.len() as u64);
        bytes.extend_from_slice(&keys.to_le_bytes());
        for (key, value) in &self.values {
            bytes.extend_from_slice(&text(key));
            bytes.extend_from_slice(value);
        }
        bytes.extend_from_slice(&self.tensor);
        bytes.resize(bytes.len().next_multiple_of(32) + self.data, 7);
        bytes
    }
}

fn check(bytes: &[u8]) -> Result<Header, Refused> {
    read(bytes, bytes.len() as u64)
}

#[track_caller]
fn refused(bytes: &[u8], words: &str) {
    match check(bytes) {
        Ok(header) => panic!("accepted: {header:?}"),
        Err(Refused(reason)) => assert!(reason.contains(words), "{reason:?} lacks {words:?}"),
    }
}

#[test]
fn a_good_header_is_read() {
    let sample = Sample::new().bytes();
    let header = check(&sample).unwrap();
    assert_eq!(header.architecture, "llama");
    assert_eq!(header.name.as_deref(), Some("Tiny"));
    assert_eq!(header.context_length, Some(8192));
    assert_eq!((header.block_count, header.vocabulary), (2, 3));
    assert_eq!(header.add_bos, Some(false));
    assert!(header.chat_template);
    assert!(header.has_control("<|fim_prefix|>") && header.has_control("<|end|>"));
    assert!(
        !header.has_control("a"),
        "ordinary tokens are no control tokens"
    );
    let mut version_2 = Sample::new();
    version_2.version = 2;
    assert!(check(&version_2.bytes()).is_ok());
}

#[test]
fn foreign_files_are_refused() {
    refused(b"", "empty");
    refused(b"GGUF", "too short");
    refused(&[0x5a; 4096], "not a GGUF file");
    refused(b"<!DOCTYPE html><html>not found</html>", "web page");
    refused(
        b"version https://git-lfs.github.com/spec/v1\noid",
        "Git LFS",
    );
    refused(b"PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "zip");
    refused(b"tjggaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "old GGML");
}

#[test]
fn wrong_versions_are_refused() {
    for (version, words) in [
        (0, "version 0"),
        (1, "version 1"),
        (4, "version 4"),
        (3_u32.swap_bytes(), "big-endian"),
        (u32::MAX, "version"),
    ] {
        let mut sample = Sample::new();
        sample.version = version;
        refused(&sample.bytes(), words);
    }
}

#[test]
fn every_truncation_is_refused() {
    let whole = Sample::new().bytes();
    for length in 0..whole.len() {
        assert!(check(&whole[..length]).is_err(), "accepted {length} bytes");
    }
    refused(&whole[..whole.len() - 1], "cut short");
    refused(&whole[..whole.len() - 70], "cut short");
}

#[test]
fn impossible_counts_are_refused_without_allocating() {
    for count in [1 << 20, 1 << 40, u64::MAX] {
        let mut tensors = Sample::new();
        tensors.tensors = count;
        refused(&tensors.bytes(), "tensors");
        let mut keys = Sample::new();
        keys.keys = Some(count);
        refused(&keys.bytes(), "metadata entries");
        let tokens = array(8, count.max(1 << 23), text("a"));
        refused(
            &Sample::new().set("tokenizer.ggml.tokens", tokens).bytes(),
            "entries",
        );
        let name = typed(8, count.max(1 << 21).to_le_bytes());
        refused(&Sample::new().set("general.name", name).bytes(), "bytes");
    }
    let mut none = Sample::new();
    none.tensors = 0;
    refused(&none.bytes(), "no weights");
}

#[test]
fn bad_metadata_is_refused() {
    let new = Sample::new;
    refused(&new().set("", typed(7, [1])).bytes(), "empty");
    refused(&new().set("x", typed(13, [1])).bytes(), "unknown type");
    refused(
        &new().set("x", array(9, 1, [0; 12])).bytes(),
        "unknown type",
    );
    refused(
        &new().without("general.architecture").bytes(),
        "architecture",
    );
    for name in ["", "../../etc/passwd", "a b"] {
        let named = new().set("general.architecture", typed(8, text(name)));
        refused(&named.bytes(), "is not a name");
    }
    let clip = new().set("general.architecture", typed(8, text("clip")));
    refused(&clip.bytes(), "does not write text");
    let number = new().set("general.architecture", typed(4, 1_u32.to_le_bytes()));
    refused(&number.bytes(), "architecture");
    for layers in [0_u32, 513, 1 << 30, u32::MAX] {
        let many = new().set("llama.block_count", typed(4, layers.to_le_bytes()));
        refused(&many.bytes(), "layers");
    }
    let negative = new().set("llama.block_count", typed(5, (-1_i32).to_le_bytes()));
    refused(&negative.bytes(), "layers");
    refused(&new().without("llama.block_count").bytes(), "layers");
    for alignment in [0_u32, 3, 1 << 30] {
        let value = typed(4, alignment.to_le_bytes());
        refused(&new().set("general.alignment", value).bytes(), "alignment");
    }
}

#[test]
fn bad_vocabularies_are_refused() {
    let new = Sample::new;
    refused(
        &new().without("tokenizer.ggml.tokens").bytes(),
        "no vocabulary",
    );
    let empty = new().set("tokenizer.ggml.tokens", array(8, 0, []));
    refused(&empty.bytes(), "empty");
    let types = new().set("tokenizer.ggml.token_type", array(5, 1, [0; 4]));
    refused(&types.bytes(), "types");
    let floats = new().set("tokenizer.ggml.token_type", array(6, 3, [0; 12]));
    refused(&floats.bytes(), "not numbers");
    let bos = new().set("tokenizer.ggml.bos_token_id", typed(4, 3_u32.to_le_bytes()));
    refused(&bos.bytes(), "only 3 tokens");
}

#[test]
fn bad_tensors_are_refused() {
    let with = |bytes| Sample::new().with_tensor(bytes).bytes();
    refused(&with(tensor("w", &[], 8, 0)), "0 dimensions");
    refused(&with(tensor("w", &[32; 5], 8, 0)), "5 dimensions");
    refused(&with(tensor("w", &[0, 4], 8, 0)), "impossible size");
    refused(&with(tensor("w", &[!31, 2], 8, 0)), "impossible size");
    refused(&with(tensor("w", &[33], 8, 0)), "broken length");
    refused(&with(tensor("w", &[32], 31, 0)), "quantisation number 31");
    refused(
        &with(tensor("w", &[32], 9999, 0)),
        "quantisation number 9999",
    );
    refused(&with(tensor("w", &[32], 8, 1)), "not aligned");
    refused(&with(tensor("w", &[32], 8, 1 << 20)), "cut short");
    refused(&with(tensor("w", &[32], 8, u64::MAX - 31)), "outside");
    refused(&with(tensor(&"n".repeat(2000), &[32], 8, 0)), "name");
}

#[test]
fn folders_and_missing_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(open(folder.path()).unwrap_err().0.contains("folder"));
    let missing = folder.path().join("none.gguf");
    assert!(open(&missing).unwrap_err().0.contains("cannot read"));
}

#[test]
fn flipped_bytes_never_panic() {
    let whole = Sample::new().bytes();
    for at in 0..whole.len() - 136 {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            let _either = check(&bytes);
        }
    }
}
