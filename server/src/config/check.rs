//! Checks of single options; their messages never repeat the value, which might be a key in the wrong place.

use std::path::Path;

use serde_json::Value;
use url::Url;

use crate::model::fim;
use crate::privacy::ignore;

pub fn url(value: &Value) -> Result<(), String> {
    let url = Url::parse(text(value)).map_err(
        |_| "is not an address; write it with its scheme, as in \"http://127.0.0.1:8080/v1\"",
    )?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err("must begin with http:// or https:// and a host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a key or password; use key_env or key_command".to_owned());
    }
    Ok(())
}

pub fn key_env(value: &Value) -> Result<(), String> {
    let text = text(value);
    let good = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let first = text.chars().next();
    if text.chars().all(good) && first.is_some_and(|first| !first.is_ascii_digit()) {
        return Ok(());
    }
    Err("is the name of an environment variable, not the key itself".to_owned())
}

pub fn command(value: &Value) -> Result<(), String> {
    match value.as_array().and_then(|list| list.first()) {
        Some(program) if !text(program).is_empty() => Ok(()),
        _ => Err("needs the program's name first".to_owned()),
    }
}

pub fn folders(value: &Value) -> Result<(), String> {
    let mut folders = value.as_array().into_iter().flatten();
    match folders.all(is_absolute) {
        true => Ok(()),
        false => Err("needs absolute folders".to_owned()),
    }
}

pub fn patterns(value: &Value) -> Result<(), String> {
    let patterns = value.as_array().into_iter().flatten();
    patterns.map(text).try_for_each(ignore::check)
}

pub fn file(value: &Value) -> Result<(), String> {
    match is_absolute(value) {
        true => Ok(()),
        false => Err("must be an absolute path".to_owned()),
    }
}

fn is_absolute(path: &Value) -> bool {
    let path = text(path);
    path.starts_with("~/") || path.starts_with("~\\") || Path::new(path).is_absolute()
}

pub fn local_fim(value: &Value) -> Result<(), String> {
    fim_name(value, &["auto", "none"])
}

pub fn remote_fim(value: &Value) -> Result<(), String> {
    fim_name(value, &["auto", "suffix", "none"])
}

fn fim_name(value: &Value, words: &[&str]) -> Result<(), String> {
    let name = text(value);
    if words.contains(&name) || fim::by_name(name).is_some() {
        return Ok(());
    }
    let formats = fim::FORMATS.iter().map(|format| format.name);
    let known: Vec<&str> = words.iter().copied().chain(formats).collect();
    Err(format!("is none of {}", known.join(", ")))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
