//! How complicated a template may be: the engine reads what is nested by recursion, and a stack that runs over ends the process.

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;

/// The most tokens of one tag; each may be nested in the one before.
const MOST_TOKENS: usize = 200;

/// The most tags; each `elif` is nested in the one before.
const MOST_TAGS: usize = 400;

/// Where a template is too complicated, its line from 1 and why. What is no template is found when it is read.
pub fn too_deep(template: &str, syntax: SyntaxConfig) -> Option<(usize, String)> {
    let (mut tags, mut tokens) = (0, 0);
    for (token, span) in tokenize(template, false, syntax).map_while(Result::ok) {
        match token {
            Token::VariableStart | Token::BlockStart => (tags, tokens) = (tags + 1, 0),
            _ => tokens += 1,
        }
        let line = usize::from(span.start_line);
        if tokens > MOST_TOKENS {
            let message = format!("a tag of more than {MOST_TOKENS} words and signs");
            return Some((line, message));
        }
        if tags > MOST_TAGS {
            return Some((line, format!("more than {MOST_TAGS} tags")));
        }
    }
    None
}
