//! `convive replay`: the same request once more, and the old answer beside the new one.

use std::sync::Arc;

use anyhow::Context;
use futures::StreamExt;

use super::entries;
use super::out::{self, Style};
use super::{Global, runtime};
use crate::config::connect;
use crate::journal::Entry;
use crate::model::purpose::{Purpose, new_id};
use crate::model::{Backend, Event, Request};

/// How wide each of the two columns is.
const WIDTH: usize = 58;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The id of a request, or how many back it is (1: the last)
    #[arg(value_name = "ID")]
    which: String,
    /// The backend to ask, by its name in the options, instead of the one that was asked
    #[arg(long, value_name = "NAME")]
    backend: Option<String>,
}

/// Sends a request of the journal again, and prints both answers.
///
/// # Errors
/// Where there is no such request, or the backend cannot be used or fails.
pub fn run(arguments: &Arguments, global: &Global) -> anyhow::Result<()> {
    let style = Style::new(global.no_color);
    let old = entries::find(&arguments.which)?;
    let config = global.options().config;
    let records = connect::records(&config);
    let name = arguments.backend.as_deref().unwrap_or(&old.backend);
    let asked = async {
        let settings =
            connect::settings(&config, Some(name), &records, connect::ignored(&config)).await?;
        answer(settings.backend.as_ref(), &old).await
    };
    let new = runtime()?.block_on(asked);
    let new = new.with_context(|| format!("asking {name} again"))?;
    let titles = (format!("{} ({})", old.backend, old.model), name.to_owned());
    out::print(&beside(titles, &old.answer, &new, style))
}

/// The whole answer to the same request.
async fn answer(backend: &dyn Backend, old: &Entry) -> anyhow::Result<String> {
    let mut events = backend.generate(Request {
        prompt: old.prompt.clone(),
        sampling: old.sampling.clone(),
        cache_key: "replay".to_owned(),
        purpose: Arc::new(Purpose {
            id: new_id(),
            what: old.what.clone(),
            document: old.document.clone(),
            parts: old.parts.clone(),
            left_out: old.left_out.clone(),
            written: old.prompt.written(),
        }),
    });
    let mut text = String::new();
    while let Some(event) = events.next().await {
        match event? {
            Event::Chunk(chunk) => text += &chunk.text,
            Event::End(_) => break,
            _ => {}
        }
    }
    Ok(text)
}

/// Two texts in two columns.
fn beside(titles: (String, String), old: &str, new: &str, style: Style) -> String {
    let (left, right) = (folded(old), folded(new));
    let mut text = style.bold(&row(&titles.0, &titles.1));
    for number in 0..left.len().max(right.len()) {
        let at = |lines: &[String]| lines.get(number).cloned().unwrap_or_default();
        text += &row(&at(&left), &at(&right));
    }
    if old == new {
        text += &style.good("the same, byte for byte\n");
    } else if let Some(rest) = new.strip_prefix(old).filter(|_| !old.is_empty()) {
        // The old one was stopped when it was enough.
        let more = format!("the same, and {} bytes more\n", rest.len());
        text += &style.good(&more);
    }
    text
}

fn row(left: &str, right: &str) -> String {
    let blanks = " ".repeat(WIDTH.saturating_sub(left.chars().count()));
    format!("{left}{blanks} │ {right}\n")
}

/// The lines of a text, long ones cut into several.
fn folded(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.replace('\t', "    "));
    let fold = |line: String| {
        let characters: Vec<char> = line.chars().collect();
        let parts = characters.chunks(WIDTH).map(|part| part.iter().collect());
        let parts: Vec<String> = parts.collect();
        if parts.is_empty() {
            vec![String::new()]
        } else {
            parts
        }
    };
    lines.flat_map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn answers_stand_side_by_side() {
        let titles = ("old".to_owned(), "new".to_owned());
        let long = "x".repeat(WIDTH + 2);
        let drawn = beside(titles, &format!("a\n{long}"), "b\n\tc", Style::plain());
        let drawn: String = drawn.replace(&" ".repeat(WIDTH - 3), " ~ ");
        expect![[r#"
            old ~  │ new
            a ~    │ b
            xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx │     c
            xx ~   │ 
        "#]]
        .assert_eq(&drawn);
    }

    #[test]
    fn sameness_is_told() {
        let told = |old: &str, new: &str| {
            let titles = (String::new(), String::new());
            beside(titles, old, new, Style::plain())
                .lines()
                .last()
                .map(str::to_owned)
        };
        assert_eq!(told("a", "a").as_deref(), Some("the same, byte for byte"));
        assert_eq!(
            told("a", "abc").as_deref(),
            Some("the same, and 2 bytes more")
        );
        assert!(told("a", "b").is_some_and(|last| last.contains('│')));
    }
}
