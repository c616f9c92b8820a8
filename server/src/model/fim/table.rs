//! The rows of the table: one for each family whose format is documented.
//!
//! The order matters where names or vocabularies are alike: the more special family stands first. In SPM rows the suffix comes
//! first; in joint rows (Bavarian et al., arXiv 2207.14255) the prefix stands behind the middle token.

use super::Part::{
    Content, Control, Files as Others, Language, Path, Prefix, Project, Suffix, Text,
};
use super::{Files, Format, Marks, Part};

/// Families that cannot fill in, whatever their vocabulary holds: Qwen's general models carry the tokens of its coders, Yi-Coder
/// was not trained with a suffix (ollama issue 8320), Devstral and Codestral Mamba document no format.
pub static WITHOUT: &[&str] = &[
    "qwen", "yi-coder", "devstral", "codestral-mamba", "mistral", "kimi", "gpt-", "gemma", "llama-3", "llama3", "smollm",
    "deepseek-r1", "phi-", "command-r",
];

/// Prefix, suffix and middle with bars: Qwen, CodeGemma, Granite 4, Mercury.
const BARS: &[Part] = &[
    Control("<|fim_prefix|>"), Prefix, Control("<|fim_suffix|>"), Suffix, Control("<|fim_middle|>"),
];

/// Prefix, suffix and middle as StarCoder spells them.
const PLAIN: &[Part] = &[
    Control("<fim_prefix>"), Prefix, Control("<fim_suffix>"), Suffix, Control("<fim_middle>"),
];

const PLAIN_CONTROLS: &[&str] = &["<fim_pad>", "<reponame>", "<filename>", "<gh_stars>"];

const QWEN_FILES: Files = Files {
    layout: &[
        Control("<|repo_name|>"), Project, Text("\n"), Others, Control("<|file_sep|>"), Path, Text("\n"),
        Control("<|fim_prefix|>"), Prefix, Control("<|fim_suffix|>"), Suffix, Control("<|fim_middle|>"),
    ],
    file: &[Control("<|file_sep|>"), Path, Text("\n"), Content, Text("\n")],
};

const QWEN_STOPS: &[&str] = &["<|endoftext|>", "<|file_sep|>", "<|fim_pad|>", "<|im_end|>"];

/// What a row says of itself where it says nothing else.
const FORMAT: Format = Format {
    name: "", layout: &[], files: None, stops: &[], strip: &[], bos: None, lf_only: false, marks: MARKS,
};

const MARKS: Marks = Marks { names: &[], unless: &[], vocabulary: &[], foreign: &[], architectures: &[] };

/// Every known format.
pub static FORMATS: &[Format] = &[
    // QwenLM/Qwen3-Coder README ("FIM is supported in every version") and issue 343: repository and FIM together, as in 2.5.
    Format {
        name: "qwen3-coder",
        layout: BARS,
        files: Some(QWEN_FILES),
        stops: QWEN_STOPS,
        strip: &["<|im_start|>"],
        marks: Marks {
            names: &[&["qwen3-coder"], &["qwen-3-coder"], &["qwen3", "coder"]],
            vocabulary: &["<|repo_name|>", "<|file_sep|>"],
            architectures: &["qwen3moe", "qwen3next"],
            ..MARKS
        },
        ..FORMAT
    },
    // QwenLM/Qwen3-Coder examples/Qwen2.5-Coder.md; its worked example has no blank behind a path. Instruct models keep FIM.
    Format {
        name: "qwen2.5-coder",
        layout: BARS,
        files: Some(QWEN_FILES),
        stops: QWEN_STOPS,
        strip: &["<|im_start|>"],
        marks: Marks {
            names: &[&["qwen2.5-coder"], &["qwen-2.5-coder"], &["qwen2.5", "coder"], &["qwen2-5-coder"]],
            vocabulary: &["<|repo_name|>", "<|file_sep|>"],
            architectures: &["qwen2", "qwen2moe"],
            ..MARKS
        },
        ..FORMAT
    },
    // continuedev/continue pull request 2360: no bars, unlike its successors.
    Format {
        name: "codeqwen1.5",
        layout: PLAIN,
        stops: &["<|endoftext|>", "<file_sep>"],
        strip: &["<fim_pad>", "<reponame>", "<|im_start|>", "<|im_end|>"],
        marks: Marks {
            names: &[&["codeqwen"]],
            unless: &["chat"],
            architectures: &["qwen2"],
            ..MARKS
        },
        ..FORMAT
    },
    // bigcode/starcoder2 issues 10, 14 and 21; arXiv 2402.19173: the path stands behind the prefix token.
    Format {
        name: "starcoder2",
        layout: PLAIN,
        files: Some(Files {
            layout: &[
                Control("<repo_name>"), Project, Others, Control("<file_sep>"), Control("<fim_prefix>"), Path, Text("\n"), Prefix,
                Control("<fim_suffix>"), Suffix, Control("<fim_middle>"),
            ],
            file: &[Control("<file_sep>"), Path, Text("\n"), Content, Text("\n")],
        }),
        stops: &["<file_sep>", "<|endoftext|>"],
        strip: &["<fim_pad>"],
        marks: Marks {
            names: &[&["starcoder2"], &["starcoder-2"]],
            unless: &["instruct"],
            vocabulary: &["<file_sep>", "<repo_name>"],
            architectures: &["starcoder2"],
            ..MARKS
        },
        ..FORMAT
    },
    // bigcode's space starcoder, formats.md.
    Format {
        name: "starcoder",
        layout: PLAIN,
        stops: &["<|endoftext|>", "<filename>"],
        strip: &["<fim_pad>", "<reponame>", "<gh_stars>"],
        marks: Marks {
            names: &[&["starcoder"]],
            vocabulary: &["<gh_stars>"],
            foreign: &["<file_sep>"],
            architectures: &["starcoder"],
            ..MARKS
        },
        ..FORMAT
    },
    // Model card bigcode/santacoder: hyphens.
    Format {
        name: "santacoder",
        layout: &[Control("<fim-prefix>"), Prefix, Control("<fim-suffix>"), Suffix, Control("<fim-middle>")],
        stops: &["<|endoftext|>"],
        strip: &["<fim-pad>"],
        marks: Marks {
            names: &[&["santacoder"]],
            ..MARKS
        },
        ..FORMAT
    },
    // arXiv 2204.05999; as bigcode-evaluation-harness lays it out.
    Format {
        name: "incoder",
        layout: &[Prefix, Control("<|mask:0|>"), Suffix, Control("<|mask:0|>")],
        stops: &["<|endofmask|>", "<|mask:1|>"],
        bos: Some("<|endoftext|>"),
        marks: Marks {
            names: &[&["incoder-1b"], &["incoder-6b"], &["facebook-incoder"]],
            ..MARKS
        },
        ..FORMAT
    },
    // transformers code_llama tokenizer; sourcegraph/cody 2635; ex3ndr/llama-coder 34. The leading `▁` belongs to the token, a
    // blank stands before the prefix, and a suffix token followed by CR is not recognised. 34B, 70B and Python have no FIM.
    Format {
        name: "codellama",
        layout: &[Control("▁<PRE>"), Text(" "), Prefix, Control("▁<SUF>"), Suffix, Control("▁<MID>")],
        stops: &["▁<EOT>", "<EOT>", "<EOD>"],
        strip: &["<PRE>", "<SUF>", "<MID>", "</s>"],
        bos: Some("<s>"),
        lf_only: true,
        marks: Marks {
            names: &[&["codellama"], &["code-llama"]],
            unless: &["python", "34b", "70b"],
            ..MARKS
        },
        ..FORMAT
    },
    // deepseek-ai/DeepSeek-Coder-V2: only the Lite base model; what Ollama calls deepseek-coder-v2 is the instruct model.
    Format {
        name: "deepseek-coder-v2",
        layout: DEEPSEEK,
        stops: DEEPSEEK_STOPS,
        bos: Some("<｜begin▁of▁sentence｜>"),
        marks: Marks {
            names: &[&["deepseek-coder-v2", "base"]],
            unless: &["instruct"],
            architectures: &["deepseek2"],
            ..MARKS
        },
        ..FORMAT
    },
    // deepseek-ai/DeepSeek-Coder README and issue 71 (garbage without BOS): "hole" precedes the suffix, "end" is the middle.
    Format {
        name: "deepseek-coder",
        layout: DEEPSEEK,
        stops: DEEPSEEK_STOPS,
        bos: Some("<｜begin▁of▁sentence｜>"),
        marks: Marks {
            names: &[&["deepseek-coder"]],
            unless: &["instruct", "-v2"],
            ..MARKS
        },
        ..FORMAT
    },
    // ai.google.dev, codegemma/prompt-structure: nothing but the text itself may follow a token; a file separator is the usual end.
    Format {
        name: "codegemma",
        layout: BARS,
        files: Some(Files {
            layout: &[
                Others, Control("<|file_separator|>"), Path, Text("\n"), Control("<|fim_prefix|>"), Prefix,
                Control("<|fim_suffix|>"), Suffix, Control("<|fim_middle|>"),
            ],
            file: &[Control("<|file_separator|>"), Path, Text("\n"), Content, Text("\n")],
        }),
        stops: &["<|file_separator|>", "<eos>", "<end_of_turn>"],
        bos: Some("<bos>"),
        marks: Marks {
            names: &[&["codegemma"]],
            unless: &["-it", "instruct"],
            vocabulary: &["<|file_separator|>"],
            architectures: &["gemma"],
            ..MARKS
        },
        ..FORMAT
    },
    // mistralai/mistral-common, `encode_fim` and tests/test_fim_tokenizer.py: suffix first, no middle token. Files as in
    // continuedev/continue. Mistral-7B-Instruct v0.3 knows the same tokens (vllm pull request 9522).
    Format {
        name: "codestral",
        layout: &[Control("[SUFFIX]"), Suffix, Control("[PREFIX]"), Prefix],
        files: Some(Files {
            layout: &[
                Control("[SUFFIX]"), Suffix, Control("[PREFIX]"), Others, Text("+++++ "), Path, Text("\n"), Prefix,
            ],
            file: &[Text("+++++ "), Path, Text("\n"), Content, Text("\n")],
        }),
        stops: &["[PREFIX]", "[SUFFIX]", "\n+++++ ", "</s>"],
        strip: &["[MIDDLE]"],
        bos: Some("<s>"),
        marks: Marks {
            names: &[&["codestral"], &["mistral-7b", "v0.3"]],
            unless: &["mamba", "embed"],
            architectures: &["llama", "mistral"],
            ..MARKS
        },
        ..FORMAT
    },
    // IBM Granite documentation, section FIM. No layout of several files is documented.
    Format {
        name: "granite-4",
        layout: BARS,
        stops: &["<|end_of_text|>"],
        strip: &["<|fim_pad|>"],
        marks: Marks {
            names: &[&["granite-4"], &["granite4"]],
            vocabulary: &["<|end_of_text|>"],
            foreign: &["<|file_separator|>", "<|repo_name|>"],
            ..MARKS
        },
        ..FORMAT
    },
    // ggml-org/llama.cpp pull request 12988: Granite code 3B to 34B, and Granite 3.3.
    Format {
        name: "granite-code",
        layout: PLAIN,
        stops: &["<|endoftext|>", "<|end_of_text|>", "<filename>"],
        strip: &["<fim_pad>", "<reponame>", "<gh_stars>"],
        marks: Marks {
            names: &[&["granite", "code"], &["granite-3.3"], &["granite3.3"]],
            vocabulary: &["<reponame>"],
            foreign: &["<file_sep>"],
            architectures: &["llama", "granite"],
            ..MARKS
        },
        ..FORMAT
    },
    // Model card JetBrains/Mellum-4b-base, arXiv 2510.05788: trained suffix, prefix, middle only.
    Format {
        name: "mellum",
        layout: &[Control("<fim_suffix>"), Suffix, Control("<fim_prefix>"), Prefix, Control("<fim_middle>")],
        files: Some(Files {
            layout: &[
                Others, Control("<filename>"), Path, Text("\n"), Control("<fim_suffix>"), Suffix, Control("<fim_prefix>"), Prefix,
                Control("<fim_middle>"),
            ],
            file: &[Control("<filename>"), Path, Text("\n"), Content, Text("\n")],
        }),
        stops: &["<filename>", "<|endoftext|>"],
        strip: &["<reponame>", "<fim_pad>"],
        marks: Marks {
            names: &[&["mellum"]],
            vocabulary: &["<filename>"],
            foreign: &["<gh_stars>", "<file_sep>", "<reponame>"],
            architectures: &["llama"],
            ..MARKS
        },
        ..FORMAT
    },
    // arXiv 2506.03524, ByteDance-Seed/Seed-Coder issue 3: suffix first. It often does not end by itself.
    Format {
        name: "seed-coder",
        layout: &[
            Control("<[fim-suffix]>"), Suffix, Control("<[fim-prefix]>"), Prefix, Control("<[fim-middle]>"),
        ],
        stops: &["<[end▁of▁sentence]>", "<[PAD▁TOKEN]>", "<[SEP▁TOKEN]>"],
        bos: Some("<[begin▁of▁sentence]>"),
        marks: Marks {
            names: &[&["seed-coder"]],
            unless: &["instruct", "reasoning"],
            ..MARKS
        },
        ..FORMAT
    },
    // smallcloudai/refact, known_models.json: FIM-SPM.
    Format {
        name: "refact",
        layout: &[Control("<fim_suffix>"), Suffix, Control("<fim_prefix>"), Prefix, Control("<fim_middle>")],
        stops: &["<|endoftext|>"],
        strip: PLAIN_CONTROLS,
        marks: Marks {
            names: &[&["refact-1"]],
            architectures: &["refact"],
            ..MARKS
        },
        ..FORMAT
    },
    // aixcoder-plugin/aiXcoder-7B README and hf_mini/utils.py: the joint form is the one used for inference.
    Format {
        name: "aixcoder",
        layout: &[
            Control("▁<AIX-SPAN-PRE>"), Control("▁<AIX-SPAN-POST>"), Suffix, Control("▁<AIX-SPAN-MIDDLE>"),
            Text("# the file path is: "), Path, Text("\n# the code file is written by "), Language, Text("\n"), Prefix,
        ],
        stops: &["</s>"],
        bos: Some("<s>"),
        marks: Marks {
            names: &[&["aixcoder"]],
            ..MARKS
        },
        ..FORMAT
    },
    // THUDM/CodeGeeX4 guides/Infilling_guideline.md: a chat turn around suffix, prefix and middle.
    Format {
        name: "codegeex4",
        layout: &[
            Control("<|user|>"), Text("\n###PATH:"), Path, Text("\n###LANGUAGE:"), Language, Text("\n###MODE:BLOCK\n"),
            Control("<|code_suffix|>"), Suffix, Control("<|code_prefix|>"), Prefix, Control("<|code_middle|>"),
            Control("<|assistant|>"), Text("\n"),
        ],
        files: Some(Files {
            layout: &[
                Control("<|user|>"), Text("\n"), Others, Text("###PATH:"), Path, Text("\n###LANGUAGE:"), Language,
                Text("\n###MODE:BLOCK\n"), Control("<|code_suffix|>"), Suffix, Control("<|code_prefix|>"), Prefix,
                Control("<|code_middle|>"), Control("<|assistant|>"), Text("\n"),
            ],
            file: &[Text("###REFERENCE:\n###PATH:"), Path, Text("\n"), Content, Text("\n")],
        }),
        stops: &["<|user|>", "<|endoftext|>", "<|observation|>"],
        marks: Marks {
            names: &[&["codegeex4"], &["codegeex-4"]],
            architectures: &["chatglm"],
            ..MARKS
        },
        ..FORMAT
    },
    // ggml-org/llama.cpp src/llama-vocab.cpp and zed-industries/zed fim.rs; the vendor documents none.
    Format {
        name: "glm-4",
        layout: &[
            Control("<|code_prefix|>"), Prefix, Control("<|code_suffix|>"), Suffix, Control("<|code_middle|>"),
        ],
        stops: &["<|endoftext|>", "<|user|>"],
        strip: &["<|assistant|>", "<|observation|>"],
        marks: Marks {
            names: &[&["glm-4.5"], &["glm-4.6"], &["glm4.5"], &["glm4.6"]],
            unless: &["-4.5v", "-4.6v"],
            architectures: &["glm4moe", "glm4"],
            ..MARKS
        },
        ..FORMAT
    },
    // ggml-org/llama.cpp pull request 19249.
    Format {
        name: "falcon-h1-tiny-coder",
        layout: &[Control("<|prefix|>"), Prefix, Control("<|suffix|>"), Suffix, Control("<|middle|>")],
        stops: &["<|endoftext|>"],
        strip: &["<|im_end|>"],
        marks: Marks {
            names: &[&["falcon-h1", "coder"]],
            ..MARKS
        },
        ..FORMAT
    },
    // continuedev/continue, mercuryMultifileFimTemplate. A hosted model: there are no weights to recognise.
    Format {
        name: "mercury",
        layout: &[
            Control("<|file_sep|>"), Path, Text("\n"), Control("<|fim_prefix|>"), Prefix, Control("<|fim_suffix|>"), Suffix,
            Control("<|fim_middle|>"),
        ],
        files: Some(Files {
            layout: &[
                Others, Control("<|file_sep|>"), Path, Text("\n"), Control("<|fim_prefix|>"), Prefix, Control("<|fim_suffix|>"),
                Suffix, Control("<|fim_middle|>"),
            ],
            file: &[Control("<|file_sep|>"), Path, Text("\n"), Content, Text("\n")],
        }),
        stops: &["<|file_sep|>", "<|endoftext|>"],
        marks: Marks {
            names: &[&["mercury-coder"], &["mercury-edit"]],
            architectures: &["mercury"],
            ..MARKS
        },
        ..FORMAT
    },
    // continuedev/continue, stableCodeFimTemplate: StarCoder's texts, also for DolphinCoder and StarChat.
    Format {
        name: "stable-code",
        layout: PLAIN,
        stops: &["<|endoftext|>", "<file_sep>", "</fim_middle>", "</code>"],
        strip: PLAIN_CONTROLS,
        marks: Marks {
            names: &[&["stable-code"], &["stablecode"], &["dolphincoder"], &["starchat"]],
            unless: &["instruct"],
            architectures: &["stablelm"],
            ..MARKS
        },
        ..FORMAT
    },
];

const DEEPSEEK: &[Part] = &[
    Control("<｜fim▁begin｜>"), Prefix, Control("<｜fim▁hole｜>"), Suffix, Control("<｜fim▁end｜>"),
];

const DEEPSEEK_STOPS: &[&str] = &["<｜end▁of▁sentence｜>", "<|EOT|>"];
