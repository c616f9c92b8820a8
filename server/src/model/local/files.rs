//! Where Convive keeps what it can make or fetch again: weights, verdicts on weights, logs, sockets.

use std::path::{Path, PathBuf};

/// The folder for everything that can be had again: `CONVIVE_CACHE`, else `convive` in the user's cache folder.
pub fn cache_dir() -> PathBuf {
    use etcetera::BaseStrategy;
    if let Some(folder) = own_cache() {
        return folder;
    }
    match etcetera::choose_base_strategy() {
        Ok(strategy) => strategy.cache_dir().join("convive"),
        Err(_) => std::env::temp_dir().join("convive-cache"),
    }
}

/// The folder of downloaded weights.
pub fn models_dir() -> PathBuf {
    cache_dir().join("models")
}

/// The folder of sockets, private to the user: the session's own where there is one, so that it is empty after a restart.
/// Whoever chooses another cache gets other engines with it.
pub fn socket_dir() -> PathBuf {
    let session = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    match session {
        Some(folder) if own_cache().is_none() && folder.is_absolute() => folder.join("convive"),
        _ => cache_dir().join("run"),
    }
}

/// The engine's log in a cache folder.
pub fn engine_log(cache: &Path) -> PathBuf {
    cache.join("engine.log")
}

fn own_cache() -> Option<PathBuf> {
    let folder = std::env::var_os("CONVIVE_CACHE").filter(|folder| !folder.is_empty())?;
    Some(std::path::absolute(&folder).unwrap_or(folder.into()))
}
