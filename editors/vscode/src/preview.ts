// An edit as a diff beside the document, before it is taken.

import * as vscode from "vscode";
import type { LanguageClient, WorkspaceEdit } from "vscode-languageclient/node";

const SCHEME = "convive-preview";
const texts = new Map<string, string>();

export const provider: vscode.TextDocumentContentProvider = {
  provideTextDocumentContent: (uri) => texts.get(uri.path) ?? "",
};

export function register(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, provider);
}

export async function preview(client: LanguageClient, edit: WorkspaceEdit): Promise<void> {
  const converted = await client.protocol2CodeConverter.asWorkspaceEdit(edit);
  for (const [uri, edits] of converted.entries()) {
    const exists = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => uri.scheme === "untitled",
    );
    const old = exists ? await vscode.workspace.openTextDocument(uri) : undefined;
    const right = uri.with({ scheme: SCHEME });
    texts.set(right.path, applied(old, edits));
    const left = old ? uri : vscode.Uri.from({ scheme: SCHEME, path: `${uri.path}.empty` });
    const name = vscode.workspace.asRelativePath(uri);
    await vscode.commands.executeCommand("vscode.diff", left, right, `${name}: what would change`);
  }
}

/** The text with the edits in it; they do not overlap. */
function applied(document: vscode.TextDocument | undefined, edits: vscode.TextEdit[]): string {
  let text = document?.getText() ?? "";
  const offset = (position: vscode.Position) => document?.offsetAt(position) ?? 0;
  for (const edit of [...edits].sort((a, b) => b.range.start.compareTo(a.range.start))) {
    text = text.slice(0, offset(edit.range.start)) + edit.newText + text.slice(offset(edit.range.end));
  }
  return text;
}
