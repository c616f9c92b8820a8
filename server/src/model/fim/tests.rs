//! Statements about every row of the table.

use std::collections::HashSet;

use super::*;

/// Of each family: its format, a name seen in the world, and the architecture of its GGUF files.
const KNOWN: &[(&str, &str, &str)] = &[
    (
        "qwen3-coder",
        "Qwen/Qwen3-Coder-30B-A3B-Instruct",
        "qwen3moe",
    ),
    ("qwen3-coder", "Qwen3-Coder-Next-GGUF", "qwen3next"),
    ("qwen2.5-coder", "qwen2.5-coder:1.5b", "qwen2"),
    ("qwen2.5-coder", "Qwen2.5 Coder 0.5B Instruct", "qwen2"),
    ("codeqwen1.5", "CodeQwen1.5-7B", "qwen2"),
    ("starcoder", "bigcode/starcoderbase-1b", "starcoder"),
    ("starcoder2", "bigcode/starcoder2-3b", "starcoder2"),
    ("santacoder", "bigcode/santacoder", "gpt2"),
    ("incoder", "facebook/incoder-1B", "xglm"),
    ("codellama", "codellama:7b-code", "llama"),
    ("codellama", "meta-llama/CodeLlama-13b-Instruct-hf", "llama"),
    (
        "deepseek-coder",
        "deepseek-ai/deepseek-coder-1.3b-base",
        "llama",
    ),
    (
        "deepseek-coder-v2",
        "DeepSeek-Coder-V2-Lite-Base",
        "deepseek2",
    ),
    ("codegemma", "google/codegemma-2b", "gemma"),
    ("codestral", "codestral-2508", "llama"),
    ("codestral", "Mistral-7B-Instruct-v0.3", "llama"),
    ("granite-code", "ibm-granite/granite-3b-code-base", "llama"),
    ("granite-4", "granite-4.0-h-tiny", "granitehybrid"),
    ("mellum", "JetBrains/Mellum-4b-base", "llama"),
    ("seed-coder", "ByteDance-Seed/Seed-Coder-8B-Base", "llama"),
    ("refact", "smallcloudai/Refact-1_6B-fim", "refact"),
    ("aixcoder", "aiXcoder/aixcoder-7b-base", "llama"),
    ("codegeex4", "THUDM/codegeex4-all-9b", "chatglm"),
    ("glm-4", "zai-org/GLM-4.5-Air", "glm4moe"),
    (
        "falcon-h1-tiny-coder",
        "tiiuae/Falcon-H1-Tiny-Coder-90M",
        "falcon-h1",
    ),
    ("mercury", "mercury-edit-2", "mercury"),
    ("stable-code", "stabilityai/stable-code-3b", "stablelm"),
];

const WITHOUT: &[&str] = &[
    "",
    "Smollm2 135M 8k Lc100K Mix1 Ep2",
    "Qwen2.5-7B-Instruct",
    "qwen3:8b",
    "codellama:7b-python",
    "CodeLlama-34b-hf",
    "CodeQwen1.5-7B-Chat",
    "deepseek-coder-v2",
    "deepseek-coder-6.7b-instruct",
    "codegemma-7b-it",
    "Yi-Coder-9B",
    "Devstral-Small",
    "codestral-mamba",
    "mistral-7b-instruct-v0.2",
    "Seed-Coder-8B-Instruct",
    "stable-code-instruct-3b",
    "gpt-oss:20b",
    "claude-sonnet",
    "gemma-3-270m",
];

/// A vocabulary that holds just what the row says.
fn vocabulary(format: &Format) -> HashSet<&'static str> {
    let own = format.layout_controls();
    own.chain(format.marks.vocabulary.iter().copied()).collect()
}

#[test]
fn names_are_unique_and_found() {
    let names: HashSet<_> = FORMATS.iter().map(|format| format.name).collect();
    assert_eq!(names.len(), FORMATS.len());
    for format in FORMATS {
        assert_eq!(by_name(format.name), Some(format));
    }
    assert_eq!(by_name("Qwen"), None);
}

#[test]
fn every_row_is_recognised_by_a_real_name() {
    let seen: HashSet<_> = KNOWN.iter().map(|(format, ..)| *format).collect();
    for format in FORMATS {
        assert!(seen.contains(format.name), "no name for {}", format.name);
    }
    for (format, name, _) in KNOWN {
        assert_eq!(
            recognise(name).map(|found| found.name),
            Some(*format),
            "{name}"
        );
    }
}

#[test]
fn models_without_fim_are_not_taken_for_others() {
    for name in WITHOUT {
        assert_eq!(recognise(name).map(|found| found.name), None, "{name}");
    }
}

#[test]
fn every_row_is_recognised_by_its_vocabulary() {
    for (wanted, name, architecture) in KNOWN {
        let format = by_name(wanted).expect("a format");
        let words = vocabulary(format);
        let has = |text: &str| words.contains(text);
        // By its own name, and under one that says nothing.
        for name in [*name, "model"] {
            let found = recognise_weights(name, architecture, has).expect("a format");
            assert_eq!(found.name, *wanted, "{name} {architecture}");
        }
    }
}

#[test]
fn tokens_without_training_are_not_used() {
    let qwen = vocabulary(by_name("qwen2.5-coder").expect("a format"));
    let has = |text: &str| qwen.contains(text);
    assert_eq!(recognise_weights("Qwen2.5 7B Instruct", "qwen2", has), None);
    assert_eq!(recognise_weights("Qwen3 8B", "qwen3", has), None);
    assert_eq!(recognise_weights("Smollm2 135M", "llama", |_| false), None);
}

#[test]
fn a_name_that_lies_about_the_vocabulary_is_not_believed() {
    // CodeQwen1.5 under its successor's name: the texts without bars decide.
    let old = vocabulary(by_name("codeqwen1.5").expect("a format"));
    let found = recognise_weights("qwen2.5-coder", "qwen2", |text| old.contains(text));
    assert_eq!(found.map(|format| format.name), Some("codeqwen1.5"));
}

#[test]
fn texts_are_distinct_and_not_empty() {
    for format in FORMATS {
        let listed = || format.stops.iter().chain(format.strip).chain(&format.bos);
        let set: HashSet<_> = listed().collect();
        assert_eq!(set.len(), listed().count(), "{}: a text twice", format.name);
        assert!(!format.stops.is_empty(), "{}", format.name);
        assert!(
            listed().all(|text| !text.trim().is_empty()),
            "{}",
            format.name
        );
        let controls = format.controls();
        assert!(
            controls
                .iter()
                .all(|text| is_control(text) && text.len() >= 3),
            "{}: {controls:?}",
            format.name
        );
        for control in format.layout_controls() {
            assert!(controls.contains(&control));
        }
    }
}

fn check(format: &Format, files: &[(String, String)]) -> Vec<Rendered> {
    let fill = Fill {
        prefix: "<|fim_middle|>PRE[SUFFIX]",
        suffix: "SUF<fim_suffix>",
        project: "shop",
        path: "stock/stock.go",
        language: "Go",
        files,
    };
    let rendered = format.render(&fill);
    let text = |wanted: Part| -> Vec<&Piece> {
        rendered
            .iter()
            .filter(|part| part.from == wanted)
            .map(|part| &part.piece)
            .collect()
    };
    assert_eq!(
        text(Part::Prefix),
        [&Piece::Text(fill.prefix.into())],
        "{}",
        format.name
    );
    assert_eq!(
        text(Part::Suffix),
        [&Piece::Text(fill.suffix.into())],
        "{}",
        format.name
    );
    for part in &rendered {
        // Text of the user never becomes a control token, and tokens are never sent as text.
        let is_control = matches!(part.piece, Piece::Control(_));
        assert_eq!(
            is_control,
            matches!(part.from, Part::Control(_)),
            "{}",
            format.name
        );
    }
    rendered
}

#[test]
fn prefix_and_suffix_stand_once_in_the_documented_order() {
    let suffix_first = [
        "codestral",
        "mellum",
        "seed-coder",
        "refact",
        "aixcoder",
        "codegeex4",
    ];
    let files = [
        ("a.go".to_owned(), "A<|file_sep|>".to_owned()),
        ("b.go".to_owned(), "B".to_owned()),
    ];
    for format in FORMATS {
        for files in [&[][..], &files] {
            let rendered = check(format, files);
            let at = |wanted: Part| rendered.iter().position(|part| part.from == wanted);
            let first = at(Part::Suffix) < at(Part::Prefix);
            assert_eq!(
                first,
                suffix_first.contains(&format.name),
                "{}",
                format.name
            );
            if let (Some(_), [_, ..]) = (&format.files, files) {
                let shown: Vec<_> = rendered
                    .iter()
                    .filter(|part| part.from == Part::Content)
                    .map(|part| part.file)
                    .collect();
                assert_eq!(shown, [Some(0), Some(1)], "{}", format.name);
            }
        }
    }
}

#[test]
fn both_layouts_use_the_same_tokens_for_the_hole() {
    for format in FORMATS {
        if let Some(files) = &format.files {
            let all: Vec<_> = files
                .layout
                .iter()
                .filter(|part| matches!(part, Part::Control(_)))
                .collect();
            let own = format
                .layout
                .iter()
                .filter(|part| matches!(part, Part::Control(_)));
            assert!(
                own.into_iter().all(|part| all.contains(&part)),
                "{}",
                format.name
            );
        }
    }
}

/// How a prompt reads to a server that gets one string.
fn written(name: &str, files: &[(String, String)]) -> String {
    let format = by_name(name).expect("a format");
    let fill = Fill {
        prefix: "P",
        suffix: "S",
        project: "shop",
        path: "c.go",
        language: "Go",
        files,
    };
    let rendered = format.render(&fill);
    rendered
        .into_iter()
        .map(|part| match part.piece {
            Piece::Control(text) | Piece::Text(text) => text,
        })
        .collect()
}

#[test]
fn the_documented_layouts_are_kept() {
    let files = [("a.go".to_owned(), "A".to_owned())];
    let rows = [
        ("codellama", false, "▁<PRE> P▁<SUF>S▁<MID>"),
        ("codestral", false, "[SUFFIX]S[PREFIX]P"),
        (
            "codestral",
            true,
            "[SUFFIX]S[PREFIX]+++++ a.go\nA\n+++++ c.go\nP",
        ),
        (
            "deepseek-coder",
            false,
            "<｜fim▁begin｜>P<｜fim▁hole｜>S<｜fim▁end｜>",
        ),
        ("incoder", false, "P<|mask:0|>S<|mask:0|>"),
        (
            "mellum",
            true,
            "<filename>a.go\nA\n<filename>c.go\n<fim_suffix>S<fim_prefix>P<fim_middle>",
        ),
        (
            "qwen2.5-coder",
            true,
            "<|repo_name|>shop\n<|file_sep|>a.go\nA\n<|file_sep|>c.go\n<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
        ),
        (
            "starcoder2",
            true,
            "<repo_name>shop<file_sep>a.go\nA\n<file_sep><fim_prefix>c.go\nP<fim_suffix>S<fim_middle>",
        ),
        (
            "aixcoder",
            false,
            "▁<AIX-SPAN-PRE>▁<AIX-SPAN-POST>S▁<AIX-SPAN-MIDDLE># the file path is: c.go\n# the code file is written by Go\nP",
        ),
    ];
    for (name, with_files, wanted) in rows {
        assert_eq!(
            written(name, if with_files { &files } else { &[] }),
            wanted,
            "{name}"
        );
    }
}
