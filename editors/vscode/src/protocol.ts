// Mirrors server/src/lsp/ext.rs: our own messages, as server/PROTOCOL.md describes them.

import type { Diagnostic, Range, WorkspaceEdit } from "vscode-languageclient/node";
import { NotificationType, RequestType } from "vscode-languageclient/node";

/** What this client understands beyond the protocol. */
export const EXTENSIONS = { ghostText: true, status: true, ask: true };

/** The documents that the server is told of. */
export const DOCUMENTS = [{ scheme: "file" }, { scheme: "untitled" }, { scheme: "vscode-remote" }];

/** The text of an inline completion so far. */
export interface GhostText {
  token: number | string;
  insertText: string;
  range: Range;
  done: boolean;
}
export const ghostText = new NotificationType<GhostText>("convive/ghostText");

export interface Status {
  state: "ready" | "loading" | "offline";
  percent?: number;
  message?: string;
  idle?: { reason: string; message: string };
}

export interface AskParams {
  textDocument: { uri: string };
  range: Range;
  version?: number;
  action?: string;
  question?: string;
  conversation?: string;
  regenerate?: boolean;
  diagnostics?: Diagnostic[];
  partialResultToken: string;
}

export type AskProgress =
  | { kind: "chunk"; text: string }
  | { kind: "again" }
  | { kind: "working"; message: string };

export interface AskResult {
  text: string;
  edit?: WorkspaceEdit;
  note?: string;
  report?: { words: string; isTest: boolean; builds: boolean; output: string };
  context: { source: string; path?: string; firstLine: number; lastLine: number; reason: string }[];
  conversation: string;
  alternatives: number;
}
export const ask = new RequestType<AskParams, AskResult, void>("convive/ask");

/** The argument of the command `convive.ask` in the server's code actions. */
export interface AskArgument {
  uri: string;
  range: Range;
  action: string;
  version?: number;
  diagnostics?: Diagnostic[];
}

/** What was sent last. */
export const sent = new RequestType<
  { command: string; arguments: unknown[] },
  { markdown: string } | null,
  void
>("workspace/executeCommand");
