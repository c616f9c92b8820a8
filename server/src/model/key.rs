//! Keys for servers: from an environment variable or a command, never printed, never logged.

use std::process::Stdio;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

/// Where a key comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    #[default]
    None,
    /// The name of an environment variable.
    Variable(String),
    /// A program and its arguments; the first line it prints is the key.
    Command(Vec<String>),
}

/// A key that is fetched when it is first needed. Its `Debug` hides it.
#[derive(Debug)]
pub struct Key {
    source: Source,
    known: Mutex<Option<SecretString>>,
    /// How long a command may take: it may have to ask the user for a password.
    patience: Duration,
}

impl Key {
    pub fn new(source: Source) -> Key {
        Key {
            source,
            known: Mutex::new(None),
            patience: Duration::from_secs(60),
        }
    }

    /// The key, if there is to be one. `Err` says why it cannot be had.
    pub async fn get(&self) -> Result<Option<SecretString>, String> {
        if self.source == Source::None {
            return Ok(None);
        }
        let mut known = self.known.lock().await;
        if known.is_none() {
            *known = Some(self.fetch().await?);
        }
        Ok(known.clone())
    }

    /// Fetches the key anew the next time: the server refused this one, it may have expired.
    pub async fn forget(&self) {
        *self.known.lock().await = None;
    }

    async fn fetch(&self) -> Result<SecretString, String> {
        match &self.source {
            Source::None => Err("there is no key".to_owned()),
            Source::Variable(name) => match std::env::var(name) {
                Ok(value) if !value.trim().is_empty() => Ok(value.trim().into()),
                _ => Err(format!(
                    "the environment variable {name}, named by key_env, is not set for this program"
                )),
            },
            Source::Command(command) => self.run(command).await,
        }
    }

    async fn run(&self, command: &[String]) -> Result<SecretString, String> {
        let (program, arguments) = command.split_first().ok_or("key_command is empty")?;
        let output = tokio::process::Command::new(program)
            .args(arguments)
            // Never the workspace: a program of the same name there must not be found.
            .current_dir(etcetera::home_dir().unwrap_or_else(|_| std::env::temp_dir()))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(self.patience, output)
            .await
            .map_err(|_| format!("key_command `{program}` did not end in {:?}", self.patience))?
            .map_err(|error| format!("key_command `{program}` cannot be run: {error}"))?;
        if !output.status.success() {
            return Err(format!("key_command `{program}` failed: {}", output.status));
        }
        let printed = SecretString::from(String::from_utf8_lossy(&output.stdout).into_owned());
        let line = printed.expose_secret().lines().next().unwrap_or_default();
        if line.trim().is_empty() {
            return Err(format!("key_command `{program}` printed nothing"));
        }
        Ok(line.trim().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(source: Source) -> Result<Option<String>, String> {
        let key = Key {
            patience: Duration::from_millis(300),
            ..Key::new(source)
        };
        let found = key.get().await?;
        Ok(found.map(|key| key.expose_secret().to_owned()))
    }

    fn command(words: &[&str]) -> Source {
        Source::Command(words.iter().map(|&word| word.to_owned()).collect())
    }

    #[tokio::test]
    async fn no_source_is_no_key() {
        assert_eq!(get(Source::None).await, Ok(None));
    }

    #[tokio::test]
    async fn a_variable_that_is_not_set_is_named() {
        let error = get(Source::Variable("CONVIVE_NO_SUCH_KEY".to_owned())).await;
        assert!(error.unwrap_err().contains("CONVIVE_NO_SUCH_KEY"));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_command_prints_the_key_on_its_first_line() {
        let key = get(command(&["printf", " a-key \\nmore\\n"])).await;
        assert_eq!(key, Ok(Some("a-key".to_owned())));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_command_that_fails_hangs_or_is_not_there_says_so() {
        for (words, reason) in [
            (&["sh", "-c", "echo secret; exit 3"][..], "failed"),
            (&["sleep", "60"], "did not end"),
            (&["true"], "printed nothing"),
            (&["/no/such/program"], "cannot be run"),
        ] {
            let error = get(command(words)).await.unwrap_err();
            assert!(
                error.contains(reason) && !error.contains("secret"),
                "{error}"
            );
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_command_runs_once_until_its_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let script = format!(
            "echo x >> {0}/runs; wc -l < {0}/runs",
            folder.path().display()
        );
        let key = Key::new(command(&["sh", "-c", &script]));
        let mut seen = Vec::new();
        for refused in [false, false, true, false] {
            if refused {
                key.forget().await;
            }
            let found = key.get().await.unwrap().unwrap();
            seen.push(found.expose_secret().to_owned());
        }
        assert_eq!(seen, ["1", "1", "2", "2"]);
    }

    #[test]
    fn nothing_prints_a_key() {
        let key = Key {
            known: Mutex::new(Some("sk-hidden".into())),
            ..Key::new(Source::Variable("NAME".to_owned()))
        };
        assert!(!format!("{key:?}").contains("sk-hidden"));
    }
}
