//! Where the engine listens: a local socket that only this user can reach, named after everything that must not be shared.

use std::io;
use std::path::{Path, PathBuf};

use interprocess::local_socket::Name;

/// The longest path that Unix takes for a socket on every system (macOS has 104 bytes), less the ending of a lock file.
const PATH_LIMIT: usize = 96;

/// The socket for one engine: `folder` is private to the user, `parts` are what makes engines differ (program, weights, settings).
/// Where the folder's path is too long for a socket, the system's folder for temporary files has one of its own.
pub fn path(folder: &Path, parts: &[&str]) -> PathBuf {
    let file = format!("engine-{:016x}.sock", hash(parts));
    let path = folder.join(&file);
    if !cfg!(unix) || path.as_os_str().len() <= PATH_LIMIT {
        return path;
    }
    let short = format!("convive-{:016x}", hash(&[&folder.to_string_lossy()]));
    std::env::temp_dir().join(short).join(file)
}

/// The name to listen at or to connect to.
///
/// # Errors
/// Where the system cannot have a socket of that name.
pub fn name(path: &Path) -> io::Result<Name<'static>> {
    #[cfg(unix)]
    {
        use interprocess::local_socket::{GenericFilePath, ToFsName};
        path.to_path_buf().to_fs_name::<GenericFilePath>()
    }
    #[cfg(not(unix))]
    {
        use interprocess::local_socket::{GenericNamespaced, ToNsName};
        let folder = path.parent().unwrap_or(path).to_string_lossy();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        format!("convive-{:016x}-{file}", hash(&[&folder])).to_ns_name::<GenericNamespaced>()
    }
}

/// Makes the folder of a socket, for nobody but this user.
///
/// # Errors
/// Where it cannot be made, or belongs to somebody else.
pub fn make_private(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(folder)?;
        let metadata = std::fs::symlink_metadata(folder)?;
        if !metadata.is_dir() {
            return Err(io::Error::other(format!(
                "{} is not a folder",
                folder.display()
            )));
        }
        // Only the owner can do this: a folder that somebody else made is found out here.
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
    }
    #[cfg(not(unix))]
    std::fs::create_dir_all(folder)
}

/// FNV-1a with 64 bits over the parts and the borders between them.
pub fn hash(parts: &[&str]) -> u64 {
    let bytes = parts
        .iter()
        .flat_map(|part| part.bytes().map(u16::from).chain([256]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_makes_another_socket() {
        let folder = Path::new("/run/user/1/convive");
        let of = |parts: &[&str]| path(folder, parts);
        assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
        assert_ne!(of(&["a", "b"]), of(&["a", "c"]));
        assert_ne!(of(&["ab", ""]), of(&["a", "b"]));
    }

    #[cfg(unix)]
    #[test]
    fn long_folders_get_a_short_socket() {
        let long = PathBuf::from("/tmp").join("x".repeat(200));
        let socket = path(&long, &["a"]);
        assert!(socket.as_os_str().len() <= 108, "{}", socket.display());
        assert_ne!(socket, path(&long.join("y"), &["a"]), "folders stay apart");
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_private_even_when_it_was_open() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::set_permissions(&inner, std::fs::Permissions::from_mode(0o777)).unwrap();
        make_private(&inner).unwrap();
        let mode = std::fs::metadata(&inner).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
