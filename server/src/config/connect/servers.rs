//! Makes the backends that are servers, and how prompts for their models are laid out.

use std::sync::Arc;
use std::time::Duration;

use super::{Made, REMOTE_TOKENS, chosen, expand};
use crate::config::{AnthropicOptions, Endpoint, OllamaOptions, OpenAiOptions};
use crate::model::anthropic::{self, Anthropic};
use crate::model::ollama::{self, Ollama};
use crate::model::openai::{self, OpenAi};
use crate::model::{Backend, Error, fim, http, key};
use crate::prompt::fill::Layout;

/// How to reach the server of a table of options; all of them have these.
macro_rules! http_settings {
    ($options:expr) => {
        http::Settings {
            url: $options.url.clone(),
            key: match (&$options.key_env, &$options.key_command) {
                (Some(name), _) => key::Source::Variable(name.clone()),
                (None, Some(command)) => key::Source::Command(command.clone()),
                (None, None) => key::Source::None,
            },
            ca_file: $options.ca_file.as_deref().map(expand),
            connect_timeout: Duration::from_millis($options.connect_timeout_ms),
            first_byte_timeout: Duration::from_millis($options.first_byte_timeout_ms),
            silence_timeout: Duration::from_millis($options.silence_timeout_ms),
        }
    };
}

pub async fn open_ai(options: &OpenAiOptions) -> Result<Made, Error> {
    let connect = |model: &str| OpenAi::new(server(options, model));
    let mut model = options.model.clone();
    let mut window = None;
    if model.is_empty() {
        let about = connect("").probe().await?;
        model = about.model;
        window = about.window;
    }
    let layout = remote_layout(options, &model);
    Ok(Made {
        backend: Arc::new(connect(&model)),
        layout,
        tokens: REMOTE_TOKENS,
        window,
        model,
    })
}

fn server(options: &OpenAiOptions, model: &str) -> openai::Settings {
    openai::Settings {
        http: http_settings!(options),
        model: model.to_owned(),
        log_probs: options.log_probs,
    }
}

pub fn anthropic(options: &AnthropicOptions) -> Result<Made, Error> {
    if options.model.is_empty() {
        let message = format!(
            "write the name of the model at {} into the option model",
            options.url
        );
        return Err(Error::Unavailable { message });
    }
    let settings = anthropic::Settings {
        http: http_settings!(options),
        model: options.model.clone(),
    };
    Ok(Made {
        backend: Arc::new(Anthropic::new(settings)),
        layout: Layout::Chat,
        tokens: REMOTE_TOKENS,
        window: None,
        model: options.model.clone(),
    })
}

pub async fn ollama(options: &OllamaOptions) -> Result<Made, Error> {
    let connect = |model: &str| {
        Ollama::new(ollama::Settings {
            http: http_settings!(options),
            model: model.to_owned(),
            window: options.num_ctx,
        })
    };
    let mut model = options.model.clone();
    let mut layout = ollama_layout(options, &model, None);
    if model.is_empty() || layout.is_none() {
        let known = connect(&model).model().await?;
        layout = ollama_layout(options, &known.about.model, Some(known.inserts));
        model = known.about.model;
    }
    Ok(Made {
        backend: Arc::new(connect(&model)),
        layout: layout.unwrap_or(Layout::Chat),
        tokens: REMOTE_TOKENS,
        window: Some(options.num_ctx),
        model,
    })
}

/// How prompts for a model of Ollama's are laid out; None: that depends on whether the server can fill in, which is not known.
fn ollama_layout(options: &OllamaOptions, model: &str, inserts: Option<bool>) -> Option<Layout> {
    match options.fim.as_str() {
        "suffix" => return Some(Layout::Insert),
        "none" => return Some(Layout::Chat),
        _ => {}
    }
    match (chosen(&options.fim, fim::recognise(model)), inserts) {
        (Some(format), _) => Some(Layout::Fim(format)),
        (None, Some(true)) => Some(Layout::Insert),
        (None, Some(false)) => Some(Layout::Chat),
        (None, None) => None,
    }
}

/// How prompts for a server's model are laid out.
fn remote_layout(options: &OpenAiOptions, model: &str) -> Layout {
    if options.endpoint == Endpoint::Chat {
        return Layout::Chat;
    }
    if options.fim == "suffix" {
        return Layout::Insert;
    }
    match chosen(&options.fim, fim::recognise(model)) {
        Some(format) => Layout::Fim(format),
        None if options.endpoint == Endpoint::Completions => Layout::LeftToRight { heals: false },
        None => Layout::Chat,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fim::FORMATS;

    fn options(model: &str, fim: &str, endpoint: Endpoint) -> OpenAiOptions {
        OpenAiOptions {
            model: model.to_owned(),
            fim: fim.to_owned(),
            endpoint,
            ..OpenAiOptions::default()
        }
    }

    fn layout(model: &str, fim: &str, endpoint: Endpoint) -> Layout {
        remote_layout(&options(model, fim, endpoint), model)
    }

    #[test]
    fn a_server_is_asked_in_the_way_its_model_knows() {
        let qwen = fim::by_name("qwen2.5-coder").map(Layout::Fim);
        for (model, fim, endpoint, expected) in [
            ("qwen2.5-coder:1.5b", "auto", Endpoint::Auto, qwen),
            ("qwen2.5-coder:1.5b", "auto", Endpoint::Completions, qwen),
            ("alias", "qwen2.5-coder", Endpoint::Auto, qwen),
            (
                "qwen2.5-coder:1.5b",
                "none",
                Endpoint::Auto,
                Some(Layout::Chat),
            ),
            (
                "qwen2.5-coder:1.5b",
                "auto",
                Endpoint::Chat,
                Some(Layout::Chat),
            ),
            ("gpt-5", "auto", Endpoint::Auto, Some(Layout::Chat)),
            (
                "gpt-5",
                "auto",
                Endpoint::Completions,
                Some(Layout::LeftToRight { heals: false }),
            ),
            ("anything", "suffix", Endpoint::Auto, Some(Layout::Insert)),
        ] {
            assert_eq!(
                Some(layout(model, fim, endpoint)),
                expected,
                "{model} {fim} {endpoint:?}"
            );
        }
    }

    #[test]
    fn an_ollama_server_is_asked_only_about_models_that_are_not_known() {
        let layout = |model: &str, fim: &str, inserts| {
            let options = OllamaOptions {
                fim: fim.to_owned(),
                ..OllamaOptions::default()
            };
            ollama_layout(&options, model, inserts)
        };
        let qwen = fim::by_name("qwen2.5-coder").map(Layout::Fim);
        assert_eq!(layout("qwen2.5-coder:1.5b", "auto", None), qwen);
        assert_eq!(layout("mine", "qwen2.5-coder", None), qwen);
        assert_eq!(layout("mine", "suffix", None), Some(Layout::Insert));
        assert_eq!(layout("qwen2.5-coder", "none", None), Some(Layout::Chat));
        assert_eq!(layout("mine", "auto", None), None);
        assert_eq!(layout("mine", "auto", Some(true)), Some(Layout::Insert));
        assert_eq!(layout("mine", "auto", Some(false)), Some(Layout::Chat));
    }

    #[test]
    fn every_format_can_be_forced() {
        for format in FORMATS {
            assert_eq!(
                layout("m", format.name, Endpoint::Auto),
                Layout::Fim(format)
            );
        }
    }
}
