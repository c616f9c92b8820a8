//! Fetches one large file over HTTP: goes on where an earlier try stopped, tries again when the line breaks, verifies the sum.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use reqwest::{Response, StatusCode};

use super::{Progress, failed, verify};
use crate::model::Error;
use crate::model::http::{download_client, reason};

/// How often a fetch goes on after the line broke without a single new byte.
const TRIES: usize = 5;

/// What is to be fetched.
pub struct Wanted<'a> {
    pub url: &'a str,
    pub bytes: u64,
    pub sha256: &'static str,
}

/// Fetches into `path`; until it is complete and verified, the bytes are beside it in `….part`.
///
/// # Errors
/// `Unavailable`: the server does not give it, another process fetches it, the disk is full, or the sum is wrong.
pub async fn fetch(
    wanted: &Wanted<'_>,
    path: &Path,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), Error> {
    let part = part(path);
    let mut file = open(&part)?;
    let mut failures = 0;
    loop {
        let before = length(&file)?;
        let ended = go_on(wanted, &mut file, progress).await;
        let now = length(&file)?;
        if now == wanted.bytes {
            break;
        }
        failures = if now > before { 0 } else { failures + 1 };
        match ended {
            Err(Broken::Refused(error)) => return Err(error),
            Err(Broken::Line(error)) if failures >= TRIES => return Err(error),
            Ok(()) if failures >= TRIES => {
                return Err(failed(format!("{} ends too early", wanted.url)));
            }
            _ => tokio::time::sleep(std::time::Duration::from_millis(300) * failures as u32).await,
        }
    }
    progress(Progress::Verifying);
    file.sync_all().map_err(disk)?;
    if let Err(error) = verify(&part, wanted.sha256).await {
        // It would be no better the next time.
        let _ = std::fs::remove_file(&part);
        return Err(error);
    }
    std::fs::rename(&part, path).map_err(disk)
}

/// Where the bytes are until they are all there.
pub fn part(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Why a try ended early.
enum Broken {
    /// Trying again makes no sense.
    Refused(Error),
    Line(Error),
}

/// Fetches what is missing.
async fn go_on(
    wanted: &Wanted<'_>,
    file: &mut File,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), Broken> {
    let have = length(file).map_err(Broken::Refused)?;
    if have == wanted.bytes {
        return Ok(());
    }
    let client = download_client().map_err(Broken::Refused)?;
    let mut request = client.get(wanted.url);
    if have > 0 && have < wanted.bytes {
        request = request.header("range", format!("bytes={have}-"));
    }
    let unreachable = |error: reqwest::Error| {
        Broken::Line(failed(format!(
            "cannot fetch {}: {}",
            wanted.url,
            reason(&error)
        )))
    };
    let mut response = request.send().await.map_err(unreachable)?;
    let mut have = place(wanted, &response, file, have).map_err(Broken::Refused)?;
    while let Some(bytes) = response.chunk().await.map_err(unreachable)? {
        have += bytes.len() as u64;
        if have > wanted.bytes {
            file.set_len(0)
                .map_err(|error| Broken::Refused(disk(error)))?;
            let message = format!("{} is longer than it should be", wanted.url);
            return Err(Broken::Refused(failed(message)));
        }
        file.write_all(&bytes)
            .map_err(|error| Broken::Refused(disk(error)))?;
        progress(Progress::Fetching(have, wanted.bytes));
    }
    Ok(())
}

/// Where in the file the answer's bytes belong: behind what is there, or at the start where the server gives all of it.
fn place(
    wanted: &Wanted<'_>,
    response: &Response,
    file: &mut File,
    have: u64,
) -> Result<u64, Error> {
    let range = response.headers().get("content-range");
    let range = range
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if response.status() == StatusCode::PARTIAL_CONTENT
        && range.starts_with(&format!("bytes {have}-"))
    {
        return Ok(have);
    }
    if response.status() == StatusCode::OK || response.status() == StatusCode::RANGE_NOT_SATISFIABLE
    {
        file.set_len(0).map_err(disk)?;
        if response.status() == StatusCode::OK {
            return Ok(0);
        }
    }
    let url = wanted.url;
    Err(failed(format!(
        "cannot fetch {url}: the server answered {}",
        response.status()
    )))
}

/// Opens the part for adding to it, for this process alone.
fn open(part: &Path) -> Result<File, Error> {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(part)
        .map_err(disk)?;
    file.try_lock().map_err(|_| {
        failed(format!(
            "another process is writing {}; wait for it",
            part.display()
        ))
    })?;
    Ok(file)
}

fn length(file: &File) -> Result<u64, Error> {
    Ok(file.metadata().map_err(disk)?.len())
}

fn disk(error: std::io::Error) -> Error {
    failed(format!("cannot write the weights: {error}"))
}
