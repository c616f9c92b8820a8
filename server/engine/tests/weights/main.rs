//! Generations with the real weights, through the real socket.
#![cfg(feature = "llama")]

mod engine;

use std::time::Instant;

use convive_engine::wire::{Ask, EndReason, ErrorKind, Generate, Piece, Turn};
use engine::{Engine, of};

/// Some hundred lines of Rust.
const CODE: &str = include_str!("../../src/gguf/reader.rs");

#[test]
fn greedy_answers_are_always_the_same() {
    let engine = Engine::start();
    let ask = |key: &str| Generate {
        cache_key: key.to_owned(),
        ..of(&CODE[..1500])
    };
    let first = engine.complete(ask("a"));
    let second = engine.complete(ask("b"));
    assert!(!first.text.is_empty());
    assert_eq!(first.text, second.text);
    assert_eq!(
        (second.end.cached_tokens, second.end.generated_tokens),
        (0, 16)
    );
    assert!(first.log_prob < 0.0 && first.log_prob > -100.0, "{first:?}");
    let drawn = engine.complete(Generate {
        temperature: 5.0,
        seed: Some(3),
        ..ask("c")
    });
    assert_ne!(drawn.text, first.text);
}

#[test]
fn a_key_typed_evaluates_only_the_end() {
    let engine = Engine::start();
    let mut evaluated = Vec::new();
    for length in [1500, 1501, 1502, 1503, 1504, 1502] {
        let answer = engine.complete(Generate {
            heal: 12,
            cache_key: "file".into(),
            ..of(&CODE[..length])
        });
        let new = answer.end.prompt_tokens - answer.end.cached_tokens;
        evaluated.push(new as f64 / answer.end.prompt_tokens as f64);
    }
    println!("share of the prompt evaluated, key by key: {evaluated:.3?}");
    assert_eq!(evaluated[0], 1.0);
    assert!(
        evaluated[1..].iter().all(|share| *share <= 0.05),
        "{evaluated:?}"
    );
}

#[test]
fn a_closed_connection_stops_a_prompt_at_once() {
    let engine = Engine::start();
    engine.about();
    let long = Generate {
        max_tokens: 0,
        cache_key: "long".into(),
        ..of(CODE)
    };
    let running = engine.ask(&Ask::Generate(long.clone()));
    // The second answer comes from between two chunks of the long prompt.
    engine.about();
    engine.about();
    let start = Instant::now();
    drop(running);
    engine.about();
    let took = start.elapsed();
    println!("cancelled in the middle of a prompt: the engine is free after {took:?}");
    assert!(took.as_millis() < 500, "{took:?}");
    let again = engine.complete(long);
    assert!(
        again.end.cached_tokens + 1 < again.end.prompt_tokens,
        "it had read on: {:?}",
        again.end
    );
    assert!(
        again.end.cached_tokens > 0,
        "what was read is kept: {:?}",
        again.end
    );
}

/// What the model writes behind `text` when its last `heal` bytes may be generated anew.
fn healed(engine: &Engine, text: &str, heal: usize) -> String {
    let generate = Generate {
        heal,
        max_tokens: 8,
        ..of(text)
    };
    engine.complete(generate).text
}

#[test]
fn words_cut_in_two_are_finished() {
    let engine = Engine::start();
    let code = "/// The length of the list, in entries.\npub fn length(&self) -> us";
    let answer = healed(&engine, code, 2);
    assert!(answer.starts_with("ize"), "{answer:?}");
    let code =
        "fn main() {\n    let text = String::from(\"a\");\n    println!(\"{}\", text);\n    pri";
    let answer = healed(&engine, code, 7);
    assert!(answer.starts_with("ntln!"), "{answer:?}");
}

#[test]
fn blanks_before_the_cursor_are_not_doubled() {
    let engine = Engine::start();
    let code = "func (c *Conn) Name() string {\n\treturn c.name\n}\n\nfunc (c *Conn) Port() int {\n\treturn ";
    let plain = healed(&engine, code, 0);
    let answer = healed(&engine, code, 1);
    println!("after a blank: {plain:?} without healing, {answer:?} with it");
    assert!(answer.starts_with("c.port"), "{answer:?}");
}

#[test]
fn what_need_not_change_is_not_changed_by_healing() {
    let engine = Engine::start();
    let code = "func Name(b []byte) string {\n\treturn string(";
    let answer = healed(&engine, code, 7);
    assert!(answer.starts_with("b)"), "{answer:?}");
}

#[test]
fn user_text_never_becomes_a_control_token() {
    let engine = Engine::start();
    let tokens = |piece: Piece| {
        let generate = Generate {
            pieces: vec![Piece::Text("a\n".into()), piece],
            max_tokens: 0,
            ..of("")
        };
        engine.complete(generate).end.prompt_tokens
    };
    let control = tokens(Piece::Control("<|im_end|>".into()));
    let text = tokens(Piece::Text("<|im_end|>".into()));
    assert!(text > control + 2, "{text} and {control} tokens");
}

#[test]
fn answers_end_where_they_should() {
    let engine = Engine::start();
    let list = "let list = [1, 2, 3, 4, 5, 6,";
    let reason = |generate: Generate| {
        let answer = engine.complete(generate);
        (answer.end.reason, answer.text)
    };
    let (ended, text) = reason(Generate {
        stops: vec!["8".into()],
        ..of(list)
    });
    assert_eq!((ended, text.as_str()), (EndReason::Stop, " 7, "));
    assert_eq!(reason(of(list)).0, EndReason::Length);
    let (ended, text) = reason(Generate {
        max_tokens: 400,
        ..of(&"pub mod a;\n".repeat(8))
    });
    assert_eq!(ended, EndReason::Loop, "{text}");
    assert!(text.len() < 400, "{text}");
}

#[test]
fn too_long_prompts_are_refused_and_the_next_works() {
    let engine = Engine::start();
    let refused = engine.generate(of(&CODE.repeat(8)));
    let Err((ErrorKind::TooLong, message)) = refused else {
        panic!("{refused:?}");
    };
    assert!(message.contains("tokens"), "{message}");
    let empty = Generate {
        pieces: Vec::new(),
        ..of("")
    };
    assert!(
        engine.generate(empty).is_ok(),
        "an empty prompt begins a text"
    );
    assert_eq!(engine.complete(of("fn main")).end.generated_tokens, 16);
}

#[test]
fn conversations_are_laid_out_by_the_model() {
    let engine = Engine::start();
    let ask = |text: &str| {
        engine.complete(Generate {
            chat: vec![Turn {
                role: "user".into(),
                text: text.into(),
            }],
            ..of("")
        })
    };
    let answer = ask("Say hello.");
    assert!(
        !answer.text.is_empty() && !answer.text.contains("<|"),
        "{answer:?}"
    );
    // Start, "user", line end, three words and a dot, end, line end, start, "assistant", line end.
    assert_eq!(answer.end.prompt_tokens, 12);
    let sly = ask("<|im_end|>").end.prompt_tokens;
    assert!(
        sly > 12,
        "a control text of the user's became a token: {sly}"
    );
}

#[test]
fn a_short_generation_does_not_wait_for_a_long_one() {
    let engine = Engine::start();
    let long = engine.ask(&Ask::Generate(Generate {
        max_tokens: 0,
        ..of(CODE)
    }));
    let short = engine.complete(Generate {
        max_tokens: 2,
        ..of("fn main() {")
    });
    let long = long.finish().unwrap();
    assert_eq!(short.end.generated_tokens, 2);
    assert_eq!(long.end.generated_tokens, 0);
    println!("the long prompt took {:.0} ms", long.end.prompt_ms);
}

#[test]
fn more_documents_than_slots_are_all_served() {
    let engine = Engine::start();
    let asked: Vec<_> = (0..9)
        .map(|n| engine.ask(&Ask::Generate(of(&format!("let x{n} = ")))))
        .collect();
    for connection in asked {
        assert!(connection.finish().unwrap().end.generated_tokens > 0);
    }
}
