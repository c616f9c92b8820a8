//! Standard input and output: where they are pipes or sockets, the thread of the handlers itself reads and writes them. The
//! runtime's own kind hands each piece to another thread and back, which costs more than many an answer.

use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};

/// Standard input. Call it in a runtime.
pub fn input() -> Pin<Box<dyn AsyncRead>> {
    #[cfg(unix)]
    if let Some(input) = unix::input() {
        return input;
    }
    Box::pin(tokio::io::stdin())
}

/// Standard output. Call it in a runtime.
pub fn output() -> Pin<Box<dyn AsyncWrite>> {
    #[cfg(unix)]
    if let Some(output) = unix::output() {
        return output;
    }
    Box::pin(tokio::io::stdout())
}

/// Nothing here for a file, a terminal or another device: those cannot be waited for, or are the shell's as well.
#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::fs::FileTypeExt;
    use std::pin::Pin;

    use tokio::io::{AsyncRead, AsyncWrite};
    use tokio::net::UnixStream;
    use tokio::net::unix::pipe;

    pub fn input() -> Option<Pin<Box<dyn AsyncRead>>> {
        let file = file(std::io::stdin())?;
        match is_pipe(&file)? {
            true => Some(Box::pin(pipe::Receiver::from_file(file).ok()?)),
            false => Some(Box::pin(socket(file)?)),
        }
    }

    pub fn output() -> Option<Pin<Box<dyn AsyncWrite>>> {
        let file = file(std::io::stdout())?;
        match is_pipe(&file)? {
            true => Some(Box::pin(pipe::Sender::from_file(file).ok()?)),
            false => Some(Box::pin(socket(file)?)),
        }
    }

    fn file(stream: impl AsFd) -> Option<File> {
        let own = stream.as_fd().try_clone_to_owned().ok()?;
        Some(File::from(own))
    }

    /// Whether it is a pipe; else it is a socket. None: it is neither.
    fn is_pipe(file: &File) -> Option<bool> {
        let kind = file.metadata().ok()?.file_type();
        let is_pipe = kind.is_fifo();
        (is_pipe || kind.is_socket()).then_some(is_pipe)
    }

    fn socket(file: File) -> Option<UnixStream> {
        let stream = std::os::unix::net::UnixStream::from(OwnedFd::from(file));
        // Fails where it is one of the network's.
        stream.local_addr().ok()?;
        stream.set_nonblocking(true).ok()?;
        UnixStream::from_std(stream).ok()
    }
}
