// An edit as a diff, before it is taken: its title has the buttons to accept and to discard.

import * as vscode from "vscode";
import type { LanguageClient, WorkspaceEdit } from "vscode-languageclient/node";
import { applied } from "./words.ts";

const SCHEME = "convive-preview";

/** Marks the left side: a copy, since the document itself would bring its threads along. Empty for a file that is to be made. */
const BEFORE = "before";

interface Shown {
  before: string;
  text: string;
  thread: vscode.CommentThread;
}

/** What is shown, by the path of the document that would change. */
const shown = new Map<string, Shown>();
const changed = new vscode.EventEmitter<vscode.Uri>();

export function register(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => {
      const one = shown.get(uri.path);
      return (uri.query === BEFORE ? one?.before : one?.text) ?? "";
    },
  });
}

/** `words`: how a generated test fared. */
export async function preview(
  client: LanguageClient,
  thread: vscode.CommentThread,
  edit: WorkspaceEdit,
  words: string | undefined,
): Promise<void> {
  const converted = await client.protocol2CodeConverter.asWorkspaceEdit(edit);
  for (const [uri, edits] of converted.entries()) {
    const old = await vscode.workspace.openTextDocument(uri).then(
      (document) => document,
      () => undefined,
    );
    const right = uri.with({ scheme: SCHEME });
    shown.set(right.path, { before: old?.getText() ?? "", text: textWith(old, edits), thread });
    const left = right.with({ query: BEFORE });
    changed.fire(left);
    changed.fire(right);
    const name = vscode.workspace.asRelativePath(uri);
    await vscode.commands.executeCommand(
      "vscode.diff",
      left,
      right,
      `${name}: ${words ?? "what would change"}`,
    );
  }
}

/** The thread that a button means: its own, or the one of the diff in front. */
export function threadOf(
  from: vscode.CommentThread | vscode.Uri | undefined,
): vscode.CommentThread | undefined {
  if (from && "comments" in from) return from;
  const uri = from ?? vscode.window.activeTextEditor?.document.uri;
  return uri && shown.get(uri.path)?.thread;
}

export function closePreview(thread: vscode.CommentThread): void {
  for (const [path, one] of shown) if (one.thread === thread) shown.delete(path);
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const stale = tabs.filter(({ input }) => {
    return (
      input instanceof vscode.TabInputTextDiff &&
      input.modified.scheme === SCHEME &&
      !shown.has(input.modified.path)
    );
  });
  if (stale.length > 0) void vscode.window.tabGroups.close(stale, true);
}

function textWith(document: vscode.TextDocument | undefined, edits: vscode.TextEdit[]): string {
  const offset = (position: vscode.Position) => document?.offsetAt(position) ?? 0;
  const pieces = edits.map(({ range, newText }) => {
    return { start: offset(range.start), end: offset(range.end), text: newText };
  });
  return applied(document?.getText() ?? "", pieces);
}
