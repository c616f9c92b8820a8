//! Makes tokens of a prompt's pieces: control texts and user texts apart, so that no user text becomes a control token.

use crate::heal::{self, Pieces};
use crate::llama::Model;
use crate::wire::{Generate, Piece, Turn};

/// A prompt as tokens.
pub struct Encoded {
    pub tokens: Vec<u32>,
    /// Tokens from here on are generated anew; at least 1.
    pub heal_from: usize,
    /// Their bytes.
    pub healed: Vec<u8>,
}

/// The tokens of a request.
///
/// # Errors
/// Where the prompt is empty, or a conversation is asked of a model without a layout for one.
pub fn encode(model: &Model, pieces: &Pieces, generate: &Generate) -> Result<Encoded, String> {
    let laid_out;
    let parts = if generate.chat.is_empty() {
        &generate.pieces
    } else {
        laid_out = lay_out(model, &generate.chat)?;
        &laid_out
    };
    let mut tokens = Vec::new();
    let mut last = (Vec::new(), String::new());
    for piece in joined(parts) {
        last = match piece {
            Piece::Control(text) => (model.tokenise(&text, true)?, String::new()),
            Piece::Text(text) => (model.tokenise(&text, false)?, text),
        };
        tokens.extend_from_slice(&last.0);
    }
    begin(model, &mut tokens)?;
    let last_first = last.0.iter().rev().map(|token| pieces.get(*token));
    let back = heal::taken_back(last_first, last.1.as_bytes(), generate.heal);
    let heal_from = (tokens.len() - back).max(1);
    let healed = tokens[heal_from..]
        .iter()
        .flat_map(|token| pieces.get(*token));
    Ok(Encoded {
        healed: healed.copied().collect(),
        heal_from,
        tokens,
    })
}

/// Puts the token of the beginning first, where the model wants it and the prompt has none of its own.
fn begin(model: &Model, tokens: &mut Vec<u32>) -> Result<(), String> {
    match model.begin() {
        Some((token, true)) if tokens.first() != Some(&token) => tokens.insert(0, token),
        Some((token, _)) if tokens.is_empty() => tokens.push(token),
        None if tokens.is_empty() => return Err("the prompt is empty".to_owned()),
        _ => {}
    }
    Ok(())
}

/// Texts that follow each other are one text: words may cross the border.
fn joined(pieces: &[Piece]) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (joined.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(text),
            _ => joined.push(piece.clone()),
        }
    }
    joined
}

/// The model's own layout is made with marks in place of the texts, so that what is layout and what is text stays known.
fn lay_out(model: &Model, chat: &[Turn]) -> Result<Vec<Piece>, String> {
    let unknown = || "this model has no layout for conversations that is known here".to_owned();
    let mark = |n: usize| format!("\u{e000}{n}\u{e001}");
    let marked: Vec<_> = chat
        .iter()
        .enumerate()
        .map(|(n, turn)| (turn.role.clone(), mark(n)))
        .collect();
    let layout = model.lay_out(&marked).ok_or_else(unknown)?;
    let mut pieces = Vec::new();
    let mut rest = layout.as_str();
    for (n, turn) in chat.iter().enumerate() {
        let (before, after) = rest.split_once(&mark(n)).ok_or_else(unknown)?;
        pieces.push(Piece::Control(before.to_owned()));
        pieces.push(Piece::Text(turn.text.clone()));
        rest = after;
    }
    pieces.push(Piece::Control(rest.to_owned()));
    Ok(pieces)
}
