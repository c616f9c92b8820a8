//! Before weights are loaded: header check, known files by their hash, a trial in a child for all others, a faster copy.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use sha2::{Digest, Sha256};

use crate::engine::Settings;
use crate::gguf::{self, Header};
use crate::{llama, socket};

/// The default weights, which every build is tried with: length, SHA-256.
const KNOWN: (u64, &str) = (
    98_362_432,
    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
);

/// Weights that may be loaded.
pub struct Weights {
    pub path: PathBuf,
    pub header: Header,
}

/// What is known of a file; kept for as long as its size and time of change stay.
#[derive(Debug, PartialEq)]
enum Verdict {
    /// The default weights, unchanged: worth a faster copy.
    Known,
    Good,
    Bad(String),
}

/// The weights to load for these settings.
///
/// # Errors
/// Where the file is refused, with the reason.
pub fn prepare(
    settings: &Settings,
    threads: usize,
    announce: &mut dyn FnMut(&str, Option<f32>),
) -> Result<Weights, String> {
    let path = settings.model.clone();
    let header = gguf::open(&path).map_err(|refused| refused.to_string())?;
    match verdict(&path, &header, settings, announce)? {
        Verdict::Bad(reason) => Err(reason),
        Verdict::Good => Ok(Weights { path, header }),
        Verdict::Known => {
            let faster = faster_copy(&path, &settings.cache, threads, announce);
            let path = faster.unwrap_or_else(|reason| {
                eprintln!("convive engine: no faster copy of the weights: {reason}");
                path
            });
            // The weights are good; whether what was compiled runs on this machine is another matter.
            match verdict(&path, &header, settings, announce)? {
                Verdict::Bad(reason) => Err(reason),
                Verdict::Good | Verdict::Known => Ok(Weights { path, header }),
            }
        }
    }
}

/// What is known of a file, or is found out now.
fn verdict(
    path: &Path,
    header: &Header,
    settings: &Settings,
    announce: &mut dyn FnMut(&str, Option<f32>),
) -> Result<Verdict, String> {
    let record = record(path, settings)?;
    if let Some(verdict) = read_verdict(&record) {
        return Ok(verdict);
    }
    announce("checking the weights", None);
    let verdict = judge(path, header, &settings.program)?;
    write_verdict(&record, &verdict);
    Ok(verdict)
}

fn judge(path: &Path, header: &Header, program: &Path) -> Result<Verdict, String> {
    if header.length == KNOWN.0 {
        let hash = hash(path).map_err(|error| format!("{}: {error}", path.display()))?;
        if hash == KNOWN.1 {
            return Ok(Verdict::Known);
        }
    }
    try_in_child(path, program)
}

/// Loads the weights and reads a few tokens with them, in a process whose end harms nobody.
///
/// # Errors
/// Where the trial says nothing about the weights: it could not be started, or was ended from outside. It is made again next time.
fn try_in_child(path: &Path, program: &Path) -> Result<Verdict, String> {
    let tried = Command::new(program)
        .arg("engine")
        .arg("--probe")
        .arg(path)
        .env("GGML_NO_BACKTRACE", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| format!("cannot try the weights: {error}"))?;
    if tried.status.success() {
        return Ok(Verdict::Good);
    }
    if ended_from_outside(tried.status) {
        return Err(format!(
            "{} could not be tried: the trial was ended from outside ({}), as a system does that runs out of memory. \
             Free some memory or choose smaller weights, then ask again",
            path.display(),
            tried.status
        ));
    }
    let said = String::from_utf8_lossy(&tried.stderr);
    let last = said.lines().rev().find(|line| !line.trim().is_empty());
    let reason = match (tried.status.code(), last) {
        (Some(_), Some(last)) => last.trim().to_owned(),
        _ => format!(
            "{} cannot be used: it ends llama.cpp ({}). Where other weights do so too, the local engine was built for another \
             machine, or is broken: build Convive anew here, or use a backend of kind \"openai\"",
            path.display(),
            tried.status
        ),
    };
    Ok(Verdict::Bad(reason))
}

/// Whether a process did not end by a fault of its own, but was told to: SIGHUP, SIGINT, SIGKILL, SIGTERM.
#[cfg(unix)]
fn ended_from_outside(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    matches!(status.signal(), Some(1 | 2 | 9 | 15))
}

#[cfg(not(unix))]
fn ended_from_outside(_status: ExitStatus) -> bool {
    false
}

fn hash(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            length => hasher.update(&buffer[..length]),
        }
    }
    let digest = hasher.finalize();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The file that keeps the verdict: named after path, size and time of change of the weights and of the program.
fn record(path: &Path, settings: &Settings) -> Result<PathBuf, String> {
    let about = |path: &Path| -> Result<String, String> {
        let metadata = std::fs::metadata(path);
        let metadata = metadata.map_err(|error| format!("{}: {error}", path.display()))?;
        let changed = metadata.modified().ok();
        Ok(format!("{} {} {changed:?}", path.display(), metadata.len()))
    };
    let parts = [about(path)?, about(&settings.program)?];
    let folder = settings.cache.join("verdicts");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder.join(format!(
        "{:016x}",
        socket::hash(&parts.each_ref().map(String::as_str))
    )))
}

fn read_verdict(record: &Path) -> Option<Verdict> {
    let text = std::fs::read_to_string(record).ok()?;
    match text.split_once(' ').unwrap_or((&text, "")) {
        ("known", _) => Some(Verdict::Known),
        ("good", _) => Some(Verdict::Good),
        ("bad", reason) => Some(Verdict::Bad(reason.to_owned())),
        _ => None,
    }
}

/// Where it cannot be kept, the weights are tried again next time.
fn write_verdict(record: &Path, verdict: &Verdict) {
    let text = match verdict {
        Verdict::Known => "known".to_owned(),
        Verdict::Good => "good".to_owned(),
        Verdict::Bad(reason) => format!("bad {reason}"),
    };
    let new = record.with_extension(format!("new-{}", std::process::id()));
    let _kept = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, record));
}

/// The default weights with 8 bits instead of 4: prompts are read 1.5 to 1.8 times as fast. Made once; whoever comes meanwhile
/// waits for it.
fn faster_copy(
    path: &Path,
    cache: &Path,
    threads: usize,
    announce: &mut dyn FnMut(&str, Option<f32>),
) -> Result<PathBuf, String> {
    let folder = cache.join("requantised");
    let copy = folder.join(format!("{}-Q8_0.gguf", &KNOWN.1[..16]));
    if gguf::open(&copy).is_ok() {
        return Ok(copy);
    }
    announce("making a faster copy of the weights", None);
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let lock = OpenOptions::new()
        .create(true)
        .append(true)
        .open(copy.with_extension("lock"))
        .map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    if gguf::open(&copy).is_ok() {
        return Ok(copy);
    }
    let new = copy.with_extension(format!("new-{}", std::process::id()));
    let made = llama::requantise(path, &new, threads)
        .and_then(|()| gguf::open(&new).map_err(|refused| refused.to_string()))
        .and_then(|_| std::fs::rename(&new, &copy).map_err(|error| error.to_string()));
    if made.is_err() {
        let _gone = std::fs::remove_file(&new);
    }
    made.map(|()| copy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_kept_until_the_weights_or_the_program_change() {
        let folder = tempfile::tempdir().unwrap();
        let [file, program] = ["a.gguf", "convive"].map(|name| folder.path().join(name));
        std::fs::write(&file, "a").unwrap();
        std::fs::write(&program, "a").unwrap();
        let settings = Settings {
            cache: folder.path().to_owned(),
            program: program.clone(),
            model: file.clone(),
            threads: None,
            window: None,
        };
        let before = record(&file, &settings).unwrap();
        for verdict in [
            Verdict::Known,
            Verdict::Good,
            Verdict::Bad("a reason of several words".into()),
        ] {
            write_verdict(&before, &verdict);
            assert_eq!(read_verdict(&before), Some(verdict));
        }
        for changed in [&file, &program] {
            std::fs::write(changed, "ab").unwrap();
            let after = record(&file, &settings).unwrap();
            assert_eq!(read_verdict(&after), None);
            write_verdict(&after, &Verdict::Good);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_trial_ended_from_outside_says_nothing_of_the_weights() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let trial = |script: &str| {
            let program = folder
                .path()
                .join(format!("{}.sh", socket::hash(&[script])));
            std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
            std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
            try_in_child(Path::new("a.gguf"), &program)
        };
        assert_eq!(trial("exit 0"), Ok(Verdict::Good));
        assert_eq!(
            trial("echo a reason >&2; exit 1"),
            Ok(Verdict::Bad("a reason".into()))
        );
        for fault in ["ILL", "ABRT", "SEGV"] {
            let Ok(Verdict::Bad(reason)) = trial(&format!("echo chatter >&2; kill -{fault} $$"))
            else {
                panic!("{fault} is a fault of the weights or the build");
            };
            assert!(reason.contains("it ends llama.cpp"), "{reason}");
        }
        for outside in ["KILL", "TERM"] {
            let reason = trial(&format!("kill -{outside} $$")).unwrap_err();
            assert!(reason.contains("memory"), "{reason}");
        }
    }

    #[test]
    fn hashes_are_those_of_the_standard() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        std::fs::write(&file, "abc").unwrap();
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash(&file).unwrap(), expected);
    }
}
