//! The messages of a question and of the conversation before it, within a budget; pure.
//!
//! What does not change from one question of a conversation to the next stands first: the instructions, the code, the turns so
//! far. While the code stays the same, a prompt is the one before it and more, and a model's cache of that stays good.

use crate::model::{Message, Prompt, Role};

/// A question and its answer, for the model to remember.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// The action's title: what was asked where there was no question.
    pub title: String,
    /// As the user typed it; may be empty.
    pub question: String,
    /// The message as the model got it.
    pub sent: String,
    pub answer: String,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The instructions; may be empty.
    pub system: &'a str,
    /// As the user typed it; may be empty.
    pub question: &'a str,
    /// Oldest first.
    pub earlier: &'a [Turn],
    /// The most bytes that all messages may have together; only earlier turns are left out for it, oldest first.
    pub bytes: usize,
}

/// Lays out the messages. `body` gives the message that holds the code and ends with the question that it is given.
///
/// # Errors
/// Those of `body`.
pub fn ask<E>(ask: Ask, body: impl Fn(&str) -> Result<String, E>) -> Result<Prompt, E> {
    let whole = body(ask.question)?;
    let mut messages = Vec::new();
    if !ask.system.trim().is_empty() {
        messages.push(message(Role::System, ask.system));
    }
    let used = ask.system.len();
    let goes_on = match ask.earlier.first() {
        Some(first) if !ask.question.is_empty() => body(&first.question)? == first.sent,
        _ => false,
    };
    let Some((first, rest)) = fitting(ask, used + whole.len()).split_first() else {
        messages.push(message(Role::User, &whole));
        return Ok(Prompt::Chat(messages));
    };
    // The code was told with the first question and need not be told again.
    let opening = match goes_on {
        true => body(&first.question)?,
        false => bare(first).to_owned(),
    };
    messages.push(message(Role::User, &opening));
    messages.push(message(Role::Assistant, &first.answer));
    for turn in rest {
        messages.push(message(Role::User, bare(turn)));
        messages.push(message(Role::Assistant, &turn.answer));
    }
    let last = if goes_on { ask.question } else { &whole };
    messages.push(message(Role::User, last));
    Ok(Prompt::Chat(messages))
}

/// The latest turns that fit beside `used` bytes.
fn fitting(ask: Ask<'_>, used: usize) -> &[Turn] {
    let mut left = ask.bytes.saturating_sub(used);
    let kept = ask.earlier.iter().rev().take_while(|turn| {
        let cost = bare(turn).len() + turn.answer.len();
        let fits = cost <= left;
        left = left.saturating_sub(cost);
        fits
    });
    &ask.earlier[ask.earlier.len() - kept.count()..]
}

fn bare(turn: &Turn) -> &str {
    match turn.question.trim() {
        "" => &turn.title,
        question => question,
    }
}

fn message(role: Role, text: &str) -> Message {
    Message {
        role,
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn turn(question: &str, sent: &str, answer: &str) -> Turn {
        Turn {
            title: "Explain this".to_owned(),
            question: question.to_owned(),
            sent: sent.to_owned(),
            answer: answer.to_owned(),
        }
    }

    fn check(question: &str, earlier: &[Turn], bytes: usize, expected: Expect) {
        let laid = ask(
            Ask {
                system: "Be brief.",
                question,
                earlier,
                bytes,
            },
            |question| Ok::<_, ()>(format!("CODE {question}")),
        );
        let Ok(Prompt::Chat(messages)) = laid else {
            panic!("messages");
        };
        let lines: Vec<String> = messages
            .iter()
            .map(|one| format!("{:?}: {}", one.role, one.text))
            .collect();
        expected.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn a_first_question() {
        check(
            "why?",
            &[],
            1000,
            expect![[r#"
            System: Be brief.
            User: CODE why?"#]],
        );
    }

    #[test]
    fn a_conversation_about_the_same_code_only_grows() {
        let first = turn("why?", "CODE why?", "so");
        check(
            "how?",
            std::slice::from_ref(&first),
            1000,
            expect![[r#"
            System: Be brief.
            User: CODE why?
            Assistant: so
            User: how?"#]],
        );
        let second = turn("how?", "how?", "thus");
        check(
            "when?",
            &[first, second],
            1000,
            expect![[r#"
            System: Be brief.
            User: CODE why?
            Assistant: so
            User: how?
            Assistant: thus
            User: when?"#]],
        );
    }

    #[test]
    fn other_code_is_told_with_the_last_question() {
        let first = turn("", "OTHER ", "so");
        check(
            "how?",
            &[first],
            1000,
            expect![[r#"
            System: Be brief.
            User: Explain this
            Assistant: so
            User: CODE how?"#]],
        );
    }

    #[test]
    fn the_same_action_again_without_a_question_is_told_whole() {
        let first = turn("", "CODE ", "so");
        check(
            "",
            &[first],
            1000,
            expect![[r#"
            System: Be brief.
            User: Explain this
            Assistant: so
            User: CODE "#]],
        );
    }

    #[test]
    fn the_oldest_turns_go_first_and_the_question_never() {
        let turns = [
            turn("why?", "CODE why?", &"long ".repeat(20)),
            turn("how?", "how?", "thus"),
        ];
        check(
            "when?",
            &turns,
            40,
            expect![[r#"
            System: Be brief.
            User: CODE how?
            Assistant: thus
            User: when?"#]],
        );
        check(
            "when?",
            &turns,
            5,
            expect![[r#"
            System: Be brief.
            User: CODE when?"#]],
        );
    }
}
