//! Asking for editors that know nothing of ours: progress that can be cancelled, a document that fills, edits, messages.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedReceiver};
use tower_lsp::gen_lsp_types::{MessageActionItem, MessageType, ProgressToken};

use super::document::{self, Document};
use super::{Answered, Asked, Begun, answer, edits};
use crate::action::AnswerKind;
use crate::ask::Step;
use crate::lsp::ext::Arguments;
use crate::lsp::progress::Progress;
use crate::lsp::server::Server;

/// How often the document grows at most.
const PAUSE: Duration = Duration::from_millis(100);

/// Questions for editors that cannot ask for a text.
const READY: [&str; 4] = [
    "What does this do, step by step?",
    "What can go wrong here?",
    "How could this be simpler?",
    "How is this used?",
];

/// Asks and shows what comes of it, whatever that is.
pub async fn ask(server: Server, asked: Asked) {
    if let Err(why) = try_ask(&server, asked).await {
        show_failure(&server, &why);
    }
}

pub fn show_failure(server: &Server, why: &str) {
    server.show(MessageType::Error, format!("Convive: {why}"));
}

async fn try_ask(server: &Server, asked: Asked) -> Result<(), String> {
    let begun = super::begin(server, asked).await;
    let mut begun = begun.map_err(|failure| failure.to_string())?;
    if begun.lacks_question() {
        match ready_question(server).await {
            Some(question) => begun.asked.wish.question = Some(question),
            None => return Ok(()),
        }
    }
    let token = server.work.token();
    let mut cancelled = server.work.cancellable(token.clone());
    let (sender, steps) = mpsc::unbounded_channel();
    let mut shown = Shown::new(server, &begun, token);
    let asking = async move {
        // Nobody listens where the answer is not shown as it comes.
        let mut on = |step| drop(sender.send(step));
        super::ask(server, begun, &mut on).await
    };
    let answered = tokio::select! {
        biased;
        () = cancelled.wait() => None,
        (answered, ()) = async { tokio::join!(asking, shown.follow(steps)) } => Some(answered),
    };
    match answered {
        None => shown.close("\n\n*Cancelled.*\n").await,
        Some(Err(failure)) => {
            shown.close(&format!("\n\n**{failure}**\n")).await;
            return Err(failure.to_string());
        }
        Some(Ok(answered)) => shown.end(answered).await,
    }
    Ok(())
}

/// Shows all answers for the place of a conversation's last question, one below the other.
pub async fn alternatives(server: Server, arguments: Arguments) {
    let conversation = arguments.wish.conversation.unwrap_or_default();
    let Some(kept) = server.memory.kept(&conversation) else {
        return show_failure(&server, "there are no answers in this session yet");
    };
    let mut text = format!("# {}\n", kept.title);
    for (number, one) in server.memory.alternatives(&kept).iter().enumerate() {
        text += &format!("\n## {}\n\n", number + 1);
        if !one.question.is_empty() {
            text += &format!("> {}\n\n", one.question.replace('\n', "\n> "));
        }
        text += one.answer.text.trim_end();
        text += "\n";
        for remark in answer::remarks(&one.answer) {
            text += &format!("\n*{remark}*\n");
        }
    }
    if document::show(&server, "alternatives", &text)
        .await
        .is_none()
    {
        server.show(MessageType::Info, text);
    }
}

/// The question that the user picks; none where he wants none of them.
async fn ready_question(server: &Server) -> Option<String> {
    let items = READY.map(item);
    let request = server.client.show_message_request(
        MessageType::Info,
        "Convive: what do you want to know?",
        Some(items.into()),
    );
    match request.await {
        Ok(picked) => picked.map(|item| item.title),
        Err(_) => {
            let [first, ..] = READY;
            server.show(
                MessageType::Info,
                format!(
                    "Convive asks: {first} This editor shows no menu; give the command `convive.ask` your own question"
                ),
            );
            Some(first.to_owned())
        }
    }
}

fn item(title: &str) -> MessageActionItem {
    MessageActionItem {
        title: title.to_owned(),
        properties: HashMap::new(),
    }
}

/// How an answer is shown while it comes, and at its end.
struct Shown<'a> {
    server: &'a Server,
    token: ProgressToken,
    id: String,
    title: String,
    /// Whether the answer is read, not put into the code.
    is_read: bool,
    head: String,
    progress: Option<Progress>,
    document: Option<Document>,
    /// Whether the client has refused the document.
    refused: bool,
}

impl<'a> Shown<'a> {
    fn new(server: &'a Server, begun: &Begun, token: ProgressToken) -> Shown<'a> {
        Shown {
            server,
            token,
            id: begun.action.id.clone(),
            title: begun.action.title.clone(),
            is_read: begun.action.answer == AnswerKind::Answer,
            head: begun.headline(),
            progress: None,
            document: None,
            refused: false,
        }
    }

    /// Shows the steps as they come, until there are no more.
    async fn follow(&mut self, mut steps: UnboundedReceiver<Step>) {
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
            self.take(step, &mut words).await;
            while let Ok(step) = steps.try_recv() {
                self.take(step, &mut words).await;
            }
            if self.is_read && !words.is_empty() {
                self.write(&words).await;
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    async fn take(&mut self, step: Step, words: &mut String) {
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
                if let Some(document) = &mut self.document {
                    self.refused |= document.again(self.server).await.is_err();
                }
            }
        }
    }

    fn report(&self, what: &str) {
        if let Some(progress) = &self.progress {
            progress.report(Some(what), None);
        }
    }

    /// Writes to the end of the document, which is made with the first words.
    async fn write(&mut self, words: &str) {
        if self.document.is_none() && !self.refused {
            let head = self.head.clone();
            self.document = Document::open(self.server, &self.id, head).await;
            self.refused = self.document.is_none();
        }
        if let Some(document) = &mut self.document
            && !self.refused
        {
            let words = words.replace("\r\n", "\n");
            self.refused = document.append(self.server, &words).await.is_err();
        }
    }

    /// Says in the document, where there is one, how the answer ended.
    async fn close(&mut self, words: &str) {
        self.progress = None;
        if self.document.is_some() {
            self.write(words).await;
        }
    }

    async fn end(&mut self, answered: Answered) {
        self.progress = None;
        let remarks = answer::remarks(&answered.answer).join("; ");
        if self.is_read {
            self.end_reading(&answered, &remarks).await;
        }
        let Some(proposal) = &answered.answer.edit else {
            if !self.is_read {
                self.show_text(&answered, &remarks).await;
                let why = if remarks.is_empty() {
                    "there is nothing to apply in the answer"
                } else {
                    &remarks
                };
                self.say(MessageType::Warning, why);
            }
            return;
        };
        let report = answered.answer.report.as_ref();
        let asks_first = self.is_read || report.is_some_and(|report| !report.is_test());
        if asks_first && !self.wants(&remarks).await {
            return;
        }
        match edits::apply(self.server, proposal, &self.title).await {
            Ok(()) if remarks.is_empty() || asks_first => {}
            Ok(()) => self.say(MessageType::Info, &remarks),
            Err(why) => {
                let why = format!("{why}; `convive.alternatives` shows the answer");
                self.say(MessageType::Warning, &why);
            }
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
