//! What the client announces, and the model behind the server.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use convive::ask;
use convive::complete::Settings;
use convive::config::Config;
use convive::context::Limits;
use convive::journal::{Names, Recorded, Records};
use convive::lsp::{Connect, ConnectAsk, ReadFiles};
use convive::model::Backend;
use convive::prompt::fill::Layout;
use futures::FutureExt;
use serde_json::{Value, json};

/// What the client announces, and the model behind the server.
pub struct Setup {
    pub capabilities: Value,
    pub options: Value,
    pub files: ReadFiles,
    pub connect: Connect,
    pub connect_ask: ConnectAsk,
    /// Where the requests to the model are noted.
    pub records: Records,
    /// The open folder.
    pub root: Option<PathBuf>,
}

impl Setup {
    pub fn new(backend: impl Backend + Clone + 'static) -> Setup {
        Setup::recorded(backend, Records::new(None))
    }

    /// The same with requests noted here.
    pub fn recorded(backend: impl Backend + Clone + 'static, records: Records) -> Setup {
        let names = Names {
            backend: "scripted".to_owned(),
            model: "script".to_owned(),
        };
        let backend = Recorded::new(Arc::new(backend), names, records.clone());
        Setup {
            records,
            capabilities: json!({
                "general": { "positionEncodings": ["utf-8"] },
                "textDocument": { "inlineCompletion": {} },
            }),
            options: Value::Null,
            files: Box::new(Default::default),
            connect: connect(backend.clone()),
            connect_ask: connect_ask(backend),
            root: None,
        }
    }

    /// Adds to the client's capabilities.
    pub fn capable(mut self, at: &str, value: Value) -> Setup {
        let mut place = &mut self.capabilities;
        for key in at.split('.') {
            place = &mut place[key];
        }
        *place = value;
        self
    }

    pub fn options(mut self, options: Value) -> Setup {
        self.options = options;
        self
    }

    /// An editor that takes edits and shows documents and progress, and knows nothing of ours: Helix.
    pub fn plain(self) -> Setup {
        let edit = json!({ "documentChanges": true, "resourceOperations": ["create"] });
        self.capable(
            "workspace",
            json!({ "applyEdit": true, "workspaceEdit": edit }),
        )
        .capable(
            "window",
            json!({ "workDoneProgress": true, "showDocument": { "support": true } }),
        )
        .capable(
            "textDocument.codeAction",
            json!({ "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } }),
        )
    }

    /// An editor that asks by `convive/ask` and shows the answer itself.
    pub fn asking(self) -> Setup {
        self.plain()
            .capable("experimental", json!({ "convive": { "ask": true } }))
    }

    /// A client that shows growing ghost text and the status.
    pub fn rich(self) -> Setup {
        self.capable(
            "experimental",
            json!({ "convive": { "ghostText": true, "status": true } }),
        )
    }
}

/// Settings that put all of the text into the prompt, as prefix and suffix.
pub fn connect(backend: impl Backend + Clone + 'static) -> Connect {
    Box::new(move |config, _| {
        let settings = settings(&config, Arc::new(backend.clone()));
        std::future::ready(Ok(settings)).boxed()
    })
}

pub fn settings(config: &Config, backend: Arc<dyn Backend>) -> Settings {
    Settings {
        backend,
        layout: Layout::Insert,
        limits: Limits {
            tokens: 100_000,
            suffix_tokens: 40_000,
            bytes_per_token: 3.0,
        },
        debounce: Duration::from_millis(config.completion.debounce_ms),
        max_tokens: config.completion.max_tokens,
        min_log_prob: -100.0,
        parallel: true,
    }
}

/// The same model for questions, with room for all of the text.
pub fn connect_ask(backend: impl Backend + Clone + 'static) -> ConnectAsk {
    Box::new(move |config, name| {
        let name = name.unwrap_or_else(|| config.ask_backend().to_owned());
        let settings = ask_settings(&config, name, Arc::new(backend.clone()));
        std::future::ready(Ok(settings)).boxed()
    })
}

pub fn ask_settings(config: &Config, name: String, backend: Arc<dyn Backend>) -> ask::Settings {
    ask::Settings {
        backend,
        backend_name: name,
        limits: Limits {
            tokens: 100_000,
            suffix_tokens: 40_000,
            bytes_per_token: 3.0,
        },
        max_tokens: config.ask.max_tokens,
        temperature: config.ask.temperature,
        repairs: config.ask.repairs,
        run_tests: false,
    }
}
