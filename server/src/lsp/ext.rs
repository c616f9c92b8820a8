//! Our own messages, for clients that announce them under `capabilities.experimental.convive`; `PROTOCOL.md` describes them.

use serde::{Deserialize, Serialize};
use tower_lsp::gen_lsp_types::{
    Diagnostic, InlineCompletionParams, LspNotificationMethod, MessageDirection, Notification,
    PartialResultParams, ProgressToken, Range, TextDocumentIdentifier, WorkDoneProgressParams,
    WorkspaceEdit,
};

use crate::journal::Rating;

/// What a client and this server understand beyond the protocol; both announce it as `experimental.convive`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Extensions {
    /// The client draws ghost text that grows (`convive/ghostText`).
    pub ghost_text: bool,
    /// The client shows the server's status (`convive/status`).
    pub status: bool,
    /// The client asks by `convive/ask` and shows the answer itself.
    pub ask: bool,
}

/// `textDocument/inlineCompletion`, with the token for growing ghost text.
#[derive(Clone, Debug, Deserialize)]
pub struct InlineCompletionAsked {
    #[serde(flatten)]
    pub params: InlineCompletionParams,
    /// `partialResultToken` names this request in `convive/ghostText`.
    #[serde(flatten)]
    pub partial: PartialResultParams,
}

/// `convive/ghostText`: the completion of a request that is still being answered, as far as it is written.
#[derive(Debug)]
pub enum GhostText {}

impl Notification for GhostText {
    type Params = GhostTextParams;
    const METHOD: LspNotificationMethod<'static> = LspNotificationMethod::new("convive/ghostText");
    const MESSAGE_DIRECTION: MessageDirection = MessageDirection::ServerToClient;
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GhostTextParams {
    /// The `partialResultToken` of the request.
    pub token: ProgressToken,
    /// The whole text so far; replaces the text of the notification before.
    pub insert_text: String,
    /// What it replaces, in the version of the document at the request.
    pub range: Range,
    /// Whether the text is complete.
    pub done: bool,
}

/// `convive/status`: whether completions can be had, sent when that changes.
#[derive(Debug)]
pub enum Status {}

impl Notification for Status {
    type Params = StatusParams;
    const METHOD: LspNotificationMethod<'static> = LspNotificationMethod::new("convive/status");
    const MESSAGE_DIRECTION: MessageDirection = MessageDirection::ServerToClient;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusParams {
    pub state: State,
    /// 0 to 100, while loading, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// What is loaded, or why there are no completions and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Why there is no suggestion at the cursor, while the state is `ready`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle: Option<Idle>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    Ready,
    Loading,
    Offline,
}

/// Why there is no suggestion though all is well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idle {
    pub reason: Reason,
    /// In words for the user.
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// Completions come only when asked for.
    Off,
    /// The file is one that may not be sent.
    Ignored,
    /// The place wants none: the middle of a word, behind a finished statement…
    Place,
    /// A rule dropped the model's answer.
    Filtered,
    /// The model had nothing to say.
    Empty,
}

/// Commands about requests to models, for all clients. [`ACCEPTED`] is the command of each completion.
pub const NOTING: [&str; 3] = [ACCEPTED, LAST, RATE];
pub const ACCEPTED: &str = "convive.accepted";
pub const LAST: &str = "convive.last";
pub const RATE: &str = "convive.rate";

/// The argument of [`NOTING`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WhichEntry {
    /// Of the request; the last one without it.
    pub id: Option<String>,
    /// How many requests back from the last one, for [`LAST`].
    pub back: usize,
    /// For [`RATE`].
    pub rating: Option<Rating>,
    /// What the user would rather have read, for [`RATE`].
    pub correction: Option<String>,
}

/// Asks about a place in a document; the answer streams by `$/progress` under the `partialResultToken`.
pub const ASK: &str = "convive/ask";

/// Commands for clients that do not know [`ASK`]; all but [`APPLY`] and [`ALTERNATIVES`] are announced only to those.
pub const COMMANDS: [&str; 6] = [ASK_COMMAND, REGENERATE, REWORD, ALTERNATIVES, APPLY, CANCEL];
pub const ASK_COMMAND: &str = "convive.ask";
pub const REGENERATE: &str = "convive.regenerate";
pub const REWORD: &str = "convive.reword";
pub const ALTERNATIVES: &str = "convive.alternatives";
pub const APPLY: &str = "convive.apply";
pub const CANCEL: &str = "convive.cancel";

/// The parameters of [`ASK`].
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AskParams {
    pub text_document: TextDocumentIdentifier,
    /// The selection, or empty at the cursor.
    pub range: Range,
    #[serde(flatten)]
    pub wish: Wish,
    #[serde(flatten)]
    pub partial: PartialResultParams,
    #[serde(flatten)]
    pub work_done: WorkDoneProgressParams,
}

/// What is asked, wherever.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Wish {
    /// The document's version that the range is for; another one is refused.
    pub version: Option<i32>,
    /// The id of an action; `ask` without one.
    pub action: Option<String>,
    /// What the user typed.
    pub question: Option<String>,
    /// Goes on with this conversation: the model is told its earlier turns.
    pub conversation: Option<String>,
    /// Asks what this conversation asked last once more, for another answer; a `question` takes the place of the old one.
    pub regenerate: bool,
    /// Another seed gives another answer.
    pub seed: Option<u32>,
    /// The diagnostics that the editor shows there.
    pub diagnostics: Vec<Diagnostic>,
}

/// The first argument of the commands: the same in whatever form an editor can give it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Arguments {
    pub uri: Option<String>,
    /// In place of `uri`: a path, relative to an open folder or absolute.
    pub path: Option<String>,
    pub range: Option<Range>,
    /// In place of `range`: the first and the last line, from 1.
    pub lines: Option<(u32, u32)>,
    #[serde(flatten)]
    pub wish: Wish,
    /// Which of the alternatives, from 1; the last one without it.
    pub alternative: Option<usize>,
}

/// The value of a `$/progress` under the `partialResultToken` of [`ASK`].
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum AskProgress {
    /// The next piece of the answer.
    Chunk { text: String },
    /// What was streamed so far does not count: a better answer begins.
    Again,
    /// What goes on, in words.
    Working { message: String },
}

/// The result of [`ASK`], and each element of that of [`ALTERNATIVES`].
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AskResult {
    /// Names the request, for [`LAST`] and [`RATE`].
    pub id: String,
    /// The model's words, as streamed.
    pub text: String,
    /// What to change, for the documents' versions at the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit: Option<WorkspaceEdit>,
    /// Why there is no edit though the action wants one, or what the user should know of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How the generated test fared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<TestReport>,
    pub usage: AskUsage,
    /// What the model was shown beside the place itself.
    pub context: Vec<ContextPiece>,
    /// Names the conversation that this turn belongs to.
    pub conversation: String,
    /// How many answers there are for this place by now, this one included.
    pub alternatives: usize,
}

/// How a generated test fared.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestReport {
    /// `builds · passes 3 of 3 · kills 4 of 5`.
    pub words: String,
    /// Whether it builds, passes and can fail.
    pub is_test: bool,
    pub builds: bool,
    pub passed: usize,
    pub total: usize,
    pub killed: usize,
    pub mutants: usize,
    /// What the compiler or the tests said.
    pub output: String,
}

/// What an answer cost, as far as the backend says; times in milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AskUsage {
    pub prompt_tokens: Option<usize>,
    pub cached_tokens: Option<usize>,
    pub generated_tokens: Option<usize>,
    pub prompt_ms: Option<u64>,
    pub generation_ms: Option<u64>,
    /// From the request to the model's first chunk.
    pub first_chunk_ms: Option<u64>,
}

/// A piece of code that the model was shown.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContextPiece {
    /// By the names that `convive context` prints.
    pub source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// From 1.
    pub first_line: usize,
    pub last_line: usize,
    pub reason: String,
    /// About this many.
    pub tokens: usize,
}
