//! Asking for editors that know nothing of ours: a question, an answer that can be cancelled, all answers side by side.

use tokio::sync::mpsc;
use tower_lsp::gen_lsp_types::MessageType;

use super::show::{Shown, item};
use super::{Asked, answer, document};
use crate::lsp::ext::Arguments;
use crate::lsp::server::Server;

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
