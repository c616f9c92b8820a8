//! `workspace/executeCommand`: returns at once; what the command does goes on, and its failure is shown.

use serde_json::{Value, json};
use tower_lsp::gen_lsp_types::ExecuteCommandParams;
use tower_lsp::jsonrpc::{ErrorCode, Result};

use crate::lsp::asking::{answer, arguments, edits, plain};
use crate::lsp::convert;
use crate::lsp::ext::{
    self, ALTERNATIVES, APPLY, ASK_COMMAND, Arguments, CANCEL, REGENERATE, REWORD, WhichEntry, Wish,
};
use crate::lsp::noting;
use crate::lsp::server::Server;
use crate::lsp::taking;

pub async fn execute_command(server: &Server, params: ExecuteCommandParams) -> Result<Value> {
    if ext::NOTING.contains(&params.command.as_str()) {
        return about_requests(server, params).await;
    }
    let mut arguments = match arguments::read(params.arguments) {
        Ok(arguments) => arguments,
        Err(why) => {
            plain::show_failure(server, &why);
            return Ok(Value::Null);
        }
    };
    match params.command.as_str() {
        ASK_COMMAND => start(server, arguments),
        REGENERATE => start(server, again(arguments)),
        REWORD => match arguments.wish.question.is_some() {
            true => start(server, again(arguments)),
            false => plain::show_failure(server, "give `convive.reword` the new question"),
        },
        ALTERNATIVES if server.features().extensions.ask => {
            let conversation = arguments.wish.conversation.take().unwrap_or_default();
            let all = answer::alternatives(server, &conversation).await;
            let results = all.into_iter().map(|(_, result)| result);
            return Ok(json!(results.collect::<Vec<_>>()));
        }
        ALTERNATIVES => {
            let server = server.clone();
            let task = plain::alternatives(server.clone(), arguments);
            server.work.start(task);
        }
        APPLY => server.work.start(apply(server.clone(), arguments)),
        CANCEL => server.work.cancel(None),
        other => {
            let message = format!("there is no command `{other}`");
            return Err(convert::error(ErrorCode::InvalidParams, message));
        }
    }
    Ok(Value::Null)
}

/// The commands about what was sent and what came back.
async fn about_requests(server: &Server, params: ExecuteCommandParams) -> Result<Value> {
    let first = params.arguments.and_then(|all| all.into_iter().next());
    let which = match first.map(serde_json::from_value::<WhichEntry>).transpose() {
        Ok(which) => which.unwrap_or_default(),
        Err(error) => {
            plain::show_failure(server, &format!("the arguments cannot be read: {error}"));
            return Ok(Value::Null);
        }
    };
    match params.command.as_str() {
        ext::LAST => return Ok(noting::last(server, which).await),
        ext::RATE => noting::rate(server, which),
        _ => taking::confirmed(server, &which.id.unwrap_or_default()),
    }
    Ok(Value::Null)
}

fn start(server: &Server, arguments: Arguments) {
    match arguments::place(server, arguments) {
        Ok(asked) => server.work.start(plain::ask(server.clone(), asked)),
        Err(why) => plain::show_failure(server, &why),
    }
}

fn again(arguments: Arguments) -> Arguments {
    Arguments {
        wish: Wish {
            regenerate: true,
            ..arguments.wish
        },
        ..arguments
    }
}

/// Applies the edit of an alternative; the last one's, where none is named.
async fn apply(server: Server, arguments: Arguments) {
    let conversation = arguments.wish.conversation.unwrap_or_default();
    let applied = async {
        let nothing = || "there is no answer in this session to apply".to_owned();
        let kept = server.memory.kept(&conversation).ok_or_else(nothing)?;
        let all = server.memory.alternatives(&kept);
        let chosen = match arguments.alternative {
            Some(number) => all.get(number.saturating_sub(1)),
            None => all.last(),
        };
        let answer = chosen.map(|chosen| &chosen.answer);
        let edit = answer.and_then(|answer| Some((answer, answer.edit.as_ref()?)));
        let (answer, edit) = edit.ok_or("there is nothing to apply in that answer")?;
        edits::apply(&server, edit, &kept.title).await?;
        taking::confirmed(&server, &answer.id);
        Ok(())
    };
    let applied: std::result::Result<(), String> = applied.await;
    if let Err(why) = applied {
        plain::show_failure(&server, &why);
    }
}
