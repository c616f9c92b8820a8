//! How an answer reaches an editor that knows nothing of ours: while it comes, and at its end.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tower_lsp::gen_lsp_types::{MessageActionItem, MessageType, ProgressToken};

use super::document::{self, Document};
use super::{Answered, Begun, answer, edits};
use crate::action::AnswerKind;
use crate::ask::Step;
use crate::lsp::progress::Progress;
use crate::lsp::server::Server;
use crate::lsp::taking;
use crate::verify::Report;

/// How often the document grows at most.
const PAUSE: Duration = Duration::from_millis(100);

/// How an answer is shown while it comes, and at its end.
pub struct Shown<'a> {
    server: &'a Server,
    token: ProgressToken,
    id: String,
    title: String,
    /// Whether the answer is read, not put into the code.
    is_read: bool,
    /// Whether it has to show first that it is a test.
    is_test: bool,
    head: String,
    progress: Option<Progress>,
    document: Option<Document>,
    /// Whether the client has refused the document.
    refused: bool,
}

impl<'a> Shown<'a> {
    pub fn new(server: &'a Server, begun: &Begun, token: ProgressToken) -> Shown<'a> {
        Shown {
            server,
            token,
            id: begun.action.id.clone(),
            title: begun.action.title.clone(),
            is_test: begun.action.answer == AnswerKind::Test,
            is_read: begun.action.answer == AnswerKind::Answer,
            head: begun.headline(),
            progress: None,
            document: None,
            refused: false,
        }
    }

    /// Shows the steps as they come, until there are no more.
    ///
    /// A document opens before there are words for it: some editors (Helix) show it in place of the code, which must not
    /// happen while somebody types there again.
    pub async fn follow(&mut self, mut steps: UnboundedReceiver<Step>) {
        if self.is_read {
            self.open().await;
        }
        if self.server.features().progress {
            let create = self
                .server
                .client
                .create_work_done_progress(self.token.clone());
            if create.await.is_ok() {
                let (outbox, token) = (self.server.outbox.clone(), self.token.clone());
                let title = format!("Convive: {}", self.title);
                self.progress = Some(Progress::begin(outbox, token, &title, true));
            }
        }
        while let Some(step) = steps.recv().await {
            let mut words = String::new();
            self.take(step, &mut words);
            while let Ok(step) = steps.try_recv() {
                self.take(step, &mut words);
            }
            if self.is_read && !words.is_empty() {
                self.write(&words).await;
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    fn take(&self, step: Step, words: &mut String) {
        match step {
            Step::Working(what) => self.report(&what),
            Step::Chunk(text) => {
                if words.is_empty() {
                    self.report("writing");
                }
                words.push_str(&text);
            }
            Step::Again => {
                words.clear();
                if self.document.is_some() {
                    words.push_str("\n\n---\n\n");
                }
            }
        }
    }

    fn report(&self, what: &str) {
        if let Some(progress) = &self.progress {
            progress.report(Some(what), None);
        }
    }

    async fn open(&mut self) {
        let head = self.head.clone();
        self.document = Document::open(self.server, &self.id, head).await;
        self.refused = self.document.is_none();
    }

    /// Writes to the end of the document.
    async fn write(&mut self, words: &str) {
        if let Some(document) = &mut self.document
            && !self.refused
        {
            let words = words.replace("\r\n", "\n");
            self.refused = document.append(self.server, &words).await.is_err();
        }
    }

    /// Says in the document, where there is one, how the answer ended.
    pub async fn close(&mut self, words: &str) {
        self.progress = None;
        if self.document.is_some() {
            self.write(words).await;
        }
    }

    pub async fn end(&mut self, answered: Answered) {
        self.progress = None;
        let remarks = answer::remarks(&answered.answer).join("; ");
        if self.is_read {
            self.end_reading(&answered, &remarks).await;
        }
        let Some(proposal) = &answered.answer.edit else {
            if !self.is_read {
                // No document: it could take the place of code that is being typed.
                let why = match remarks.is_empty() {
                    true => "there is nothing to apply in the answer",
                    false => &remarks,
                };
                self.say(MessageType::Warning, &hinted(why));
            }
            return;
        };
        let report = answered.answer.report.as_ref();
        let is_proved = !self.is_test || report.is_some_and(Report::is_test);
        let asks_first = self.is_read || !is_proved;
        if asks_first && !self.wants(&remarks).await {
            return;
        }
        let applied = edits::apply(self.server, proposal, &self.title).await;
        if applied.is_ok() {
            taking::confirmed(self.server, &answered.answer.id);
        }
        match applied {
            Ok(()) if remarks.is_empty() || asks_first => {}
            Ok(()) => self.say(MessageType::Info, &remarks),
            Err(why) => self.say(MessageType::Warning, &hinted(&why)),
        }
    }

    /// The answer has been read in the document; other clients get it as a message.
    async fn end_reading(&mut self, answered: &Answered, remarks: &str) {
        if self.document.is_none() || self.refused {
            self.show_text(answered, remarks).await;
        } else if !remarks.is_empty() {
            self.write(&format!("\n\n---\n{remarks}\n")).await;
        } else if !answered.answer.text.ends_with('\n') {
            self.write("\n").await;
        }
    }

    /// Shows the whole answer, in a document where the client has that.
    async fn show_text(&self, answered: &Answered, remarks: &str) {
        let text = &answered.answer.text;
        let whole = match remarks.is_empty() {
            true => format!("{}{text}\n", self.head),
            false => format!("{}{text}\n\n---\n{remarks}\n", self.head),
        };
        if document::show(self.server, &self.id, &whole)
            .await
            .is_none()
        {
            self.server.show(
                MessageType::Info,
                format!("Convive: {}\n\n{text}", self.title),
            );
        }
    }

    /// Asks whether to apply what has not shown that it is good, or what stands in an answer that was read.
    async fn wants(&self, remarks: &str) -> bool {
        const YES: &str = "Apply";
        let message = match remarks.is_empty() {
            true => format!("Convive: {}: apply the change?", self.title),
            false => format!("Convive: {}: {remarks}. Apply it anyway?", self.title),
        };
        let items = vec![item(YES), item("Leave it")];
        let request =
            self.server
                .client
                .show_message_request(MessageType::Info, message, Some(items));
        match request.await {
            Ok(picked) => picked.is_some_and(|item| item.title == YES),
            Err(_) => {
                let how = "there is a change to apply: the command `convive.apply` does it";
                let remark = if remarks.is_empty() {
                    how.to_owned()
                } else {
                    format!("{remarks}; {how}")
                };
                self.say(MessageType::Info, &remark);
                false
            }
        }
    }

    fn say(&self, kind: MessageType, what: &str) {
        self.server
            .show(kind, format!("Convive: {}: {what}", self.title));
    }
}

/// Why nothing was applied, and how to see the answer.
fn hinted(why: &str) -> String {
    format!(
        "{}; `convive.alternatives` shows the answer",
        why.trim_end_matches('.')
    )
}

/// An answer to `window/showMessageRequest`.
pub fn item(title: &str) -> MessageActionItem {
    MessageActionItem {
        title: title.to_owned(),
        properties: HashMap::new(),
    }
}
