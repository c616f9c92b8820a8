//! The options as VS Code's settings page wants them, made from their declarations.

use serde_json::{Map, Value, json};

use super::option::{Row, Table};
use super::{
    AskOptions, BackendOptions, CompletionOptions, JournalOptions, PrivacyOptions, UsageOptions,
};

/// The properties of the extension's settings: `convive.completion.trigger` and so on, as JSON. Those that a workspace must not set
/// are of the machine's scope; the backends are one object, since their names are the user's.
pub fn settings() -> String {
    let mut properties = Map::new();
    let tables: [(&str, &str, &dyn Table); 5] = [
        ("completion", "window", &CompletionOptions::default()),
        ("ask", "window", &AskOptions::default()),
        ("privacy", "machine", &PrivacyOptions::default()),
        ("journal", "machine", &JournalOptions::default()),
        ("usage", "machine", &UsageOptions::default()),
    ];
    for (table, scope, options) in tables {
        for row in options.rows() {
            let name = format!("convive.{table}.{}", row.name);
            properties.insert(name, property(&row, scope));
        }
    }
    properties.insert("convive.backend".to_owned(), backends());
    format!("{:#}\n", Value::Object(properties))
}

fn property(row: &Row, scope: &str) -> Value {
    let mut property = schema(&row.kind);
    property["scope"] = json!(scope);
    property["markdownDescription"] = json!(row.doc);
    if let Ok(value) = serde_json::from_str::<Value>(&row.value) {
        property["default"] = value;
    }
    property
}

/// The type of values that a row describes in words.
fn schema(kind: &str) -> Value {
    let number = |name: &str| {
        let mut schema = json!({ "type": name });
        let limits = kind.split_once('(').and_then(|(_, limits)| {
            let (least, most) = limits.trim_end_matches(')').split_once(" to ")?;
            Some((least.parse::<i64>().ok()?, most.parse::<i64>().ok()?))
        });
        if let Some((least, most)) = limits {
            schema["minimum"] = json!(least);
            schema["maximum"] = json!(most);
        }
        schema
    };
    match kind {
        _ if kind.starts_with("true or false") => json!({ "type": "boolean" }),
        _ if kind.starts_with("a whole number") => number("integer"),
        _ if kind.starts_with("a number") => number("number"),
        _ if kind.starts_with("a list of texts") => {
            json!({ "type": "array", "items": { "type": "string" } })
        }
        _ if kind.starts_with(['"', '`']) => {
            let words = kind.split('"').skip(1).step_by(2);
            json!({ "type": "string", "enum": words.collect::<Vec<_>>() })
        }
        _ => json!({ "type": "string" }),
    }
}

fn backends() -> Value {
    let kinds = BackendOptions::kinds();
    let each = kinds.iter().map(|(kind, options)| {
        let mut properties = Map::new();
        properties.insert("kind".to_owned(), json!({ "const": kind }));
        for row in options.rows() {
            let mut property = schema(&row.kind);
            property["description"] = json!(row.doc);
            properties.insert(row.name.to_owned(), property);
        }
        json!({ "type": "object", "required": ["kind"], "properties": properties })
    });
    json!({
        "type": "object",
        "scope": "machine",
        "default": {},
        "markdownDescription": "The backends by name, as in `[backend.NAME]` of `config.toml`; `local` is always there. \
            Keys are never written here: `key_env` names an environment variable.",
        "additionalProperties": { "anyOf": each.collect::<Vec<_>>() },
    })
}
