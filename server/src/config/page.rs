//! The page about all options, made from their declarations.

use super::option::Table;
use super::{
    AskOptions, BackendOptions, CompletionOptions, JournalOptions, PrivacyOptions, UsageOptions,
};

const TOP: &str = r#"# Options

This page is made from `src/config.rs`; a test keeps it so (`UPDATE_EXPECT=1 cargo test -p convive config` writes it anew).

```toml
[completion]
backend = "local"            # a name below
trigger = "automatic"        # or "invoked": only on ctrl-space
debounce_ms = 75             # automatic requests only
max_tokens = 96

[ask]
backend = "box"              # unset: the one that completes

[privacy]
ignore = ["*.pem"]           # beside .gitignore and .conviveignore

[journal]
keep = true                  # every request on your disk, for `convive last`

[usage]
daily_tokens = 200000        # then nothing is sent until midnight

[backend.local]
kind = "local"
model = "smollm2-135m"       # a catalogue name or a path to a .gguf

[backend.box]
kind = "openai"
url = "http://127.0.0.1:8080/v1"
model = "qwen2.5-coder:1.5b"
key_env = "OPENAI_API_KEY"   # optional
fim = "auto"                 # a format's name, "suffix" (the server does it), "none"
```

## Where options come from

Nothing needs to be written: the backend `local` is always there. The same keys are read from these places, a later one over an
earlier one:

1. `convive/config.toml` in your folder for configuration (`~/.config` on Linux, `%APPDATA%` on Windows; `CONVIVE_CONFIG` names
   another file),
2. the file after `--config`,
3. the editor's `initializationOptions`,
4. the editor's settings, section `convive` (`workspace/configuration`).

An option that is unknown or has a bad value is reported once, with its path, and costs only itself.

**What a repository cannot do.** Editors mix settings that a cloned repository brings along into the fourth place, and the protocol
does not tell them apart. So the options of `[backend.…]` (addresses, keys, commands, files, models), of `[privacy]`, `[journal]` and `[usage]` are
taken from the first three places only, and the fourth may choose a backend only if it is a local one. It may repeat what holds anyway. No file inside
a workspace is ever read for options. If your editor fills `initializationOptions` from workspace settings, put the backends into
your own file.

**Keys** are never written into options: `key_env` names an environment variable, `key_command` a command that prints the key.
"#;

/// The page as Markdown.
pub fn markdown() -> String {
    let mut page = TOP.to_owned();
    section(&mut page, "[completion]", &CompletionOptions::default());
    section(&mut page, "[ask]", &AskOptions::default());
    section(&mut page, "[privacy]", &PrivacyOptions::default());
    section(&mut page, "[journal]", &JournalOptions::default());
    section(&mut page, "[usage]", &UsageOptions::default());
    for (kind, options) in BackendOptions::kinds() {
        section(
            &mut page,
            &format!("[backend.NAME], kind = \"{kind}\""),
            &options,
        );
    }
    page
}

fn section(page: &mut String, title: &str, table: &dyn Table) {
    page.push_str(&format!("\n## `{title}`\n\n{}\n\n", table.about()));
    page.push_str("| option | values | default | meaning |\n|---|---|---|---|\n");
    for row in table.rows() {
        let value = match row.value.as_str() {
            "" => "unset".to_owned(),
            value => format!("`{value}`"),
        };
        page.push_str(&format!(
            "| `{}` | {} | {value} | {} |\n",
            row.name, row.kind, row.doc
        ));
    }
}
