//! A backend that gets no prompt with a secret in it, and none from an ignored file: what stands between the program and every server.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use futures::{StreamExt, stream};

use super::ignore::Ignored;
use super::redact::redact;
use super::rules::Source;
use super::secrets::Rules;
use crate::model::{About, Backend, Error, Events, Prompt, Request};

/// Prompts of more bytes are read on another thread.
const LONG: usize = 16 << 10;

/// A backend, and the rules for what it must not get.
pub struct Guarded {
    backend: Arc<dyn Backend>,
    rules: Arc<Source>,
    ignored: Arc<Ignored>,
    /// The last prompt that was expected, and has no secret.
    expected: Mutex<Option<Prompt>>,
}

impl Guarded {
    /// Shares what is known of files with who gathers them: `ignored` of the same options.
    pub fn new(backend: Arc<dyn Backend>, rules: Source, ignored: Arc<Ignored>) -> Guarded {
        // Compiled beside the thread that answers, before the first prompt needs them; without the thread, then.
        let thread = std::thread::Builder::new().name("rules".to_owned());
        drop(thread.spawn(Rules::built_in));
        Guarded {
            backend,
            rules: Arc::new(rules),
            ignored,
            expected: Mutex::default(),
        }
    }

    fn expected(&self) -> MutexGuard<'_, Option<Prompt>> {
        self.expected.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Backend for Guarded {
    fn generate(&self, request: Request) -> Events {
        let (backend, rules) = (self.backend.clone(), self.rules.clone());
        let ignored = self.ignored.clone();
        let is_clean = rules.is_built_in() && self.expected().as_ref() == Some(&request.prompt);
        let start = async move {
            let checked = match is_quick(&request, &ignored, &rules) {
                true if is_clean => allowed(&request, &ignored).map(|()| request),
                true => checked(request, &ignored, &rules),
                // One way to another thread and back: it reads the disk, or a long prompt takes a while.
                false => tokio::task::spawn_blocking(move || checked(request, &ignored, &rules))
                    .await
                    .unwrap_or_else(|_| Err(unchecked())),
            };
            match checked {
                Ok(request) => backend.generate(request),
                Err(error) => stream::iter([Err(error)]).boxed(),
            }
        };
        stream::once(start).flatten().boxed()
    }

    fn expect(&self, prompt: &Prompt) {
        if !self.rules.is_built_in() || prompt.written().len() > LONG {
            return;
        }
        let (redacted, taken) = redact(prompt.clone(), Rules::built_in());
        *self.expected() = (taken == 0).then_some(redacted);
    }

    fn probe(&self) -> BoxFuture<'static, Result<About, Error>> {
        self.backend.probe()
    }
}

/// Whether a check needs no disk and little time.
fn is_quick(request: &Request, ignored: &Ignored, rules: &Source) -> bool {
    let mut paths = paths(request).into_iter();
    rules.is_built_in()
        && paths.all(|path| ignored.is_known(path))
        && request.prompt.written().len() <= LONG
}

/// The request as the backend may get it. Reads the disk, for what was not looked for just now.
fn checked(mut request: Request, ignored: &Ignored, rules: &Source) -> Result<Request, Error> {
    allowed(&request, ignored)?;
    let rules = rules.read()?;
    let (prompt, taken) = redact(request.prompt, &rules);
    if taken > 0 {
        tracing::info!(secrets = taken, "taken out of a prompt");
    }
    request.prompt = prompt;
    Ok(request)
}

/// Refuses a request about an ignored file, or with a piece of one. Those who gather pieces leave such files out; this is for what
/// they overlook.
fn allowed(request: &Request, ignored: &Ignored) -> Result<(), Error> {
    let mut paths = paths(request).into_iter();
    match paths.find_map(|path| ignored.why_lately(path)) {
        Some(why) => Err(Error::Unavailable {
            message: why.to_string(),
        }),
        None => Ok(()),
    }
}

/// The files that a request has something of.
fn paths(request: &Request) -> Vec<&PathBuf> {
    let purpose = &request.purpose;
    let pieces = purpose.parts.iter().filter_map(|part| part.path.as_ref());
    let mut paths: Vec<&PathBuf> = purpose.document.iter().chain(pieces).collect();
    paths.retain(|path| path.is_absolute());
    paths.sort();
    paths.dedup();
    paths
}

fn unchecked() -> Error {
    Error::Unavailable {
        message: "the prompt could not be looked through for secrets, so nothing was sent"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scripted::{Scripted, Step};
    use crate::model::{Message, Prompt, Role, Sampling};

    const KEY: &str = concat!("gh", "p_4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0Ui2Op4As");

    fn request(text: String) -> Request {
        Request {
            prompt: Prompt::Chat(vec![Message {
                role: Role::User,
                text,
            }]),
            sampling: Sampling {
                max_tokens: 8,
                temperature: 0.0,
                seed: None,
                stops: Vec::new(),
            },
            cache_key: String::new(),
            purpose: Default::default(),
        }
    }

    fn guarded(scripted: &Scripted, rules: Source) -> Guarded {
        Guarded::new(
            Arc::new(scripted.clone()),
            rules,
            Arc::new(Ignored::new(&[])),
        )
    }

    #[tokio::test]
    async fn the_backend_sees_no_secret_however_long_the_prompt() {
        for filler in [0, LONG] {
            let scripted = Scripted::saying("x");
            let text = format!("{}a = \"{KEY}\"", "let x = 1;\n".repeat(filler / 10));
            let backend = guarded(&scripted, Source::built_in());
            let events: Vec<_> = backend.generate(request(text)).collect().await;
            assert!(events.iter().all(Result::is_ok));
            let sent = scripted.requests()[0].prompt.written();
            assert!(sent.ends_with("a = \"REDACTED\""));
        }
    }

    #[tokio::test]
    async fn a_prompt_that_was_expected_is_as_clean_as_any() {
        let scripted = Scripted::saying("x");
        let backend = guarded(&scripted, Source::built_in());
        let secret = format!("a = \"{KEY}\"");
        for expected in ["let x = 1;", &secret] {
            for asked in [expected, "let x = 1;", &secret] {
                backend.expect(&request(expected.to_owned()).prompt);
                let events: Vec<_> = backend.generate(request(asked.to_owned())).collect().await;
                assert!(events.iter().all(Result::is_ok));
                let written = scripted.requests().last().map(|last| last.prompt.written());
                let clean = asked.replace(KEY, "REDACTED");
                assert_eq!(written.as_deref(), Some(clean.as_str()));
            }
        }
    }

    #[tokio::test]
    async fn with_an_error_in_the_rules_nothing_is_sent_until_it_is_mended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.toml");
        let scripted = Scripted::saying("x");
        let backend = guarded(&scripted, Source::file(path.clone()));
        let ask = async || {
            backend
                .generate(request("a acme_1 b".to_owned()))
                .collect::<Vec<_>>()
                .await
        };

        let told = |events: Vec<Result<_, Error>>| match &events[..] {
            [Err(Error::Unavailable { message })] => message.clone(),
            other => panic!("{other:?}"),
        };
        assert!(told(ask().await).contains("rules.toml"));
        std::fs::write(&path, "[[rule]]\nname = 'acme'\npattern = '('\n").unwrap();
        let message = told(ask().await);
        assert!(message.contains("rules.toml:3: pattern:"), "{message}");
        assert_eq!(scripted.requests().len(), 0);

        std::fs::write(&path, "[[rule]]\nname = 'acme'\npattern = 'acme_[0-9]'\n").unwrap();
        assert!(ask().await.iter().all(Result::is_ok));
        assert_eq!(scripted.requests()[0].prompt.written(), "a REDACTED b");
    }

    #[tokio::test]
    async fn nothing_of_an_ignored_file_is_sent() {
        use crate::model::purpose::{Part, Purpose};
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".gitignore"), "hidden.rs\n").unwrap();
        let (hidden, seen) = (
            folder.path().join("hidden.rs"),
            folder.path().join("seen.rs"),
        );
        let scripted = Scripted::saying("x");
        let backend = guarded(&scripted, Source::built_in());
        let ask = async |document: &PathBuf, piece: &PathBuf| {
            let mut request = request("a".to_owned());
            request.purpose = Arc::new(Purpose {
                document: Some(document.clone()),
                parts: vec![Part {
                    path: Some(piece.clone()),
                    ..Part::default()
                }],
                ..Purpose::default()
            });
            let events: Vec<_> = backend.generate(request).collect().await;
            events.into_iter().collect::<Result<Vec<_>, Error>>()
        };
        assert!(ask(&seen, &seen).await.is_ok());
        for (document, piece) in [(&hidden, &seen), (&seen, &hidden)] {
            let told = ask(document, piece)
                .await
                .expect_err("a refusal")
                .to_string();
            assert!(told.contains(".gitignore"), "{told}");
        }
        assert_eq!(scripted.requests().len(), 1);
    }

    #[tokio::test]
    async fn dropping_the_stream_stops_the_backend() {
        let scripted = Scripted::new([vec![Step::Say("x"), Step::Hang]]);
        let backend = guarded(&scripted, Source::built_in());
        let mut events = backend.generate(request("a".to_owned()));
        assert!(events.next().await.is_some_and(|event| event.is_ok()));
        assert_eq!(scripted.running(), 1);
        drop(events);
        assert_eq!(scripted.running(), 0);
    }
}
