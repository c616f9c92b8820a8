// Ghost text: forwards requests to the server, and shows the text again while it grows.

import * as vscode from "vscode";
import type { InlineCompletionList, LanguageClient } from "vscode-languageclient/node";
import { type GhostText, ghostText } from "./protocol.ts";

/** A request whose text still grows. */
interface Growing {
  uri: string;
  version: number;
  offset: number;
  items: vscode.InlineCompletionItem[];
  done: boolean;
}

let growing: Growing | undefined;
let number = 0;

/** How long VS Code is left alone between two refreshes of the same text, in milliseconds. */
const REFRESH_MS = 120;

const waiting = new Map<string, (params: GhostText) => void>();

export function listen(client: LanguageClient): vscode.Disposable {
  return client.onNotification(ghostText, (params) => waiting.get(String(params.token))?.(params));
}

export function provideInline(getClient: () => LanguageClient) {
  return async (
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> => {
    const uri = document.uri.toString();
    const offset = document.offsetAt(position);
    const same = growing?.uri === uri && growing.version === document.version && growing.offset === offset;
    if (growing && same && (!growing.done || growing.items.length > 0) && isRefresh) {
      return growing.items;
    }
    return ask(getClient(), document, position, context, token);
  };
}

/** Whether VS Code asks again because we told it to. */
let isRefresh = false;

async function refresh(): Promise<void> {
  isRefresh = true;
  try {
    await vscode.commands.executeCommand("editor.action.inlineSuggest.trigger");
  } finally {
    isRefresh = false;
  }
}

/** Answers with the first text; the rest comes by refreshing. */
function ask(
  client: LanguageClient,
  document: vscode.TextDocument,
  position: vscode.Position,
  context: vscode.InlineCompletionContext,
  token: vscode.CancellationToken,
): Promise<vscode.InlineCompletionItem[]> {
  number += 1;
  const name = `ghost-${number}`;
  const own: Growing = {
    uri: document.uri.toString(),
    version: document.version,
    offset: document.offsetAt(position),
    items: [],
    done: false,
  };
  growing = own;
  const cancel = new vscode.CancellationTokenSource();
  const params = {
    ...client.code2ProtocolConverter.asInlineCompletionParams(document, position, context),
    partialResultToken: name,
  };
  return new Promise((resolve) => {
    let answered = false;
    let timer: NodeJS.Timeout | undefined;
    const show = (items: vscode.InlineCompletionItem[]) => {
      own.items = items;
      if (!answered) {
        answered = true;
        resolve(items);
      } else if (growing === own && !timer) {
        timer = setTimeout(() => {
          timer = undefined;
          if (growing === own && isAt(own)) void refresh();
        }, REFRESH_MS);
      }
    };
    // Once the first text is shown, only a change of place ends the stream: VS Code lets go of its token then.
    token.onCancellationRequested(() => {
      if (!answered || !isAt(own)) cancel.cancel();
    });
    waiting.set(name, (grown) => {
      if (grown.insertText) {
        const range = client.protocol2CodeConverter.asRange(grown.range);
        show([new vscode.InlineCompletionItem(grown.insertText, range)]);
      }
    });
    client
      .sendRequest<InlineCompletionList>("textDocument/inlineCompletion", params, cancel.token)
      .then((result) => client.protocol2CodeConverter.asInlineCompletionResult(result, cancel.token))
      .then((found) => show(found?.items ?? []))
      .catch(() => show(own.items))
      .finally(() => {
        own.done = true;
        waiting.delete(name);
      });
  });
}

/** Whether the cursor is still where the text was asked for. */
function isAt(own: Growing): boolean {
  const editor = vscode.window.activeTextEditor;
  return (
    editor?.document.uri.toString() === own.uri &&
    editor.document.version === own.version &&
    editor.document.offsetAt(editor.selection.active) === own.offset
  );
}
