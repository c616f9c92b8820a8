// All that can be asked at the cursor, the user's own actions too, as the server lists it.

import * as vscode from "vscode";
import { CodeActionRequest, type LanguageClient } from "vscode-languageclient/node";
import { diagnosticsAt } from "./ask.ts";
import type { AskArgument } from "./protocol.ts";

interface Choice extends vscode.QuickPickItem {
  place: AskArgument;
}

export async function pick(client: LanguageClient, ask: (place: AskArgument) => unknown): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !client.isRunning()) return;
  const code = client.code2ProtocolConverter;
  const actions = await client.sendRequest(CodeActionRequest.type, {
    textDocument: code.asTextDocumentIdentifier(editor.document),
    range: code.asRange(editor.selection),
    context: { diagnostics: code.asDiagnosticsSync(diagnosticsAt(editor)), triggerKind: 1 },
  });
  const choices = (actions ?? []).flatMap((action): Choice[] => {
    const command = typeof action.command === "object" ? action.command : undefined;
    const place = command?.arguments?.[0] as AskArgument | undefined;
    return place ? [{ label: action.title, description: place.action, place }] : [];
  });
  if (choices.length === 0) {
    void vscode.window.showInformationMessage("Convive has nothing to ask here.");
    return;
  }
  const chosen = await vscode.window.showQuickPick(choices, { title: "Convive", matchOnDescription: true });
  if (chosen) await ask(chosen.place);
}
