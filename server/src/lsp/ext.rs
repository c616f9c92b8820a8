//! Our own messages, for clients that announce them under `capabilities.experimental.convive`; `PROTOCOL.md` describes them.

use serde::{Deserialize, Serialize};
use tower_lsp::gen_lsp_types::{
    InlineCompletionParams, LspNotificationMethod, MessageDirection, Notification,
    PartialResultParams, ProgressToken, Range,
};

/// What a client and this server understand beyond the protocol; both announce it as `experimental.convive`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Extensions {
    /// The client draws ghost text that grows (`convive/ghostText`).
    pub ghost_text: bool,
    /// The client shows the server's status (`convive/status`).
    pub status: bool,
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    Ready,
    Loading,
    Offline,
}
