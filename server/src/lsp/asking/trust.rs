//! Which folders the user trusts, and the one time that he is asked: before actions of a folder are used or its tests run.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use tower_lsp::gen_lsp_types::MessageType;

use super::show::item;
use crate::action::{Action, AnswerKind, Check};
use crate::config::{Config, connect, files};
use crate::lsp::options::WriteTrust;
use crate::lsp::server::Server;
use crate::privacy::trust::is_trusted;

const YES: &str = "Trust this folder";
const NO: &str = "Not now";

/// What was asked and granted in this session, beside what the options say.
pub struct Trust {
    write: WriteTrust,
    granted: Mutex<HashSet<PathBuf>>,
    asked: Mutex<HashMap<PathBuf, Shared<BoxFuture<'static, bool>>>>,
}

impl Trust {
    pub fn new(write: WriteTrust) -> Trust {
        Trust {
            write,
            granted: Mutex::default(),
            asked: Mutex::default(),
        }
    }

    /// Whether a folder is trusted by now; asks the disk, so it blocks.
    pub fn holds(&self, config: &Config, root: &Path) -> bool {
        let granted = lock(&self.granted).contains(root);
        granted || is_trusted(&connect::trusted(config), root)
    }

    pub fn was_asked(&self, root: &Path) -> bool {
        lock(&self.asked).contains_key(root)
    }
}

/// Whether generated tests may be built and run for an action; asks the user where he has not said yet.
pub async fn may_run(
    server: &Server,
    config: &Config,
    root: Option<&Path>,
    action: &Action,
) -> bool {
    let runs = action.answer == AnswerKind::Test || action.checks.contains(&Check::TestRuns);
    let Some(root) = root.filter(|_| runs) else {
        return false;
    };
    let (trust, config, folder) = (server.clone(), config.clone(), root.to_owned());
    let holds = tokio::task::spawn_blocking(move || trust.trust.holds(&config, &folder));
    holds.await.unwrap_or(false) || ask(server, root, "Tests are built and run in it.").await
}

/// Asks whether to trust a folder, once in a session; whoever asks again gets the same answer. Goes on where its caller ends.
pub async fn ask(server: &Server, root: &Path, why: &'static str) -> bool {
    let answer = {
        let mut asked = lock(&server.trust.asked);
        match asked.get(root) {
            Some(answer) => answer.clone(),
            None => {
                let answer = request(server.clone(), root.to_owned(), why)
                    .boxed()
                    .shared();
                asked.insert(root.to_owned(), answer.clone());
                server.work.start(answer.clone().map(drop));
                answer
            }
        }
    };
    answer.await
}

async fn request(server: Server, root: PathBuf, why: &'static str) -> bool {
    let message = format!(
        "Convive: do you trust {}? {why} Actions that it brings along shape what is asked in your name.",
        root.display()
    );
    let items = Some(vec![item(YES), item(NO)]);
    let request = server
        .client
        .show_message_request(MessageType::Warning, message, items);
    match request.await {
        Ok(Some(item)) if item.title == YES => {
            grant(&server, root).await;
            true
        }
        Ok(_) => false,
        Err(error) => {
            tracing::info!("the client asks no questions: {error}");
            let message = format!(
                "Convive: {} is not trusted. {why} Add it to `trust` of `[privacy]` in {} if you want that.",
                root.display(),
                files::user_file().display()
            );
            server.show(MessageType::Warning, message);
            false
        }
    }
}

async fn grant(server: &Server, root: PathBuf) {
    lock(&server.trust.granted).insert(root.clone());
    let write = server.trust.write.clone();
    let written = tokio::task::spawn_blocking(move || write(&root)).await;
    let written = written.unwrap_or_else(|error| Err(error.to_string()));
    match written {
        Ok(()) => server.options.read_files(),
        Err(why) => server.show(
            MessageType::Warning,
            format!("Convive trusts the folder for this session only: {why}"),
        ),
    }
}

/// Nothing panics while it holds one of the locks.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
