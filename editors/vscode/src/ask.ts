// Questions: a thread of comments at the code, in which the answer streams and follow-ups are asked.

import * as vscode from "vscode";
import { type LanguageClient, ProgressType } from "vscode-languageclient/node";
import { closePreview, preview, register, threadOf } from "./preview.ts";
import { type AskArgument, type AskParams, type AskProgress, ask } from "./protocol.ts";
import { ThreadView } from "./thread.ts";

interface Conversation {
  place: AskArgument;
  view: ThreadView;
  id?: string;
  cancel?: vscode.CancellationTokenSource;
}

export class Asking implements vscode.Disposable {
  private readonly controller = vscode.comments.createCommentController("convive", "Convive");
  private readonly conversations = new Map<vscode.CommentThread, Conversation>();
  private readonly previews = register();
  /** The one whose edit the server was asked to apply. */
  private applying: vscode.CommentThread | undefined;
  private number = 0;

  constructor(private readonly client: () => LanguageClient) {
    this.controller.options = { prompt: "Follow up…", placeHolder: "Follow up…" };
  }

  /** The command of a code action; a free question is asked for first. */
  async begin(place: AskArgument): Promise<void> {
    if (!this.client().isRunning()) {
      void vscode.window.showWarningMessage("Convive's server does not run: see its status and log.");
      return;
    }
    let question: string | undefined;
    if (place.action === "ask" || place.action === "write") {
      const prompt = place.action === "ask" ? "Ask about this code" : "What should be written here?";
      question = await vscode.window.showInputBox({ prompt, ignoreFocusOut: true });
      // To write, the comment above the cursor may say what.
      if (question === undefined || (place.action === "ask" && !question)) return;
    }
    const range = this.client().protocol2CodeConverter.asRange(place.range);
    const uri = this.client().protocol2CodeConverter.asUri(place.uri);
    const thread = this.controller.createCommentThread(uri, range, []);
    const conversation = { place, view: new ThreadView(thread) };
    this.conversations.set(thread, conversation);
    await this.ask(conversation, { question: question || undefined });
  }

  /** The selection or the cursor of the active editor. */
  async here(action: string): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor) return;
    const code = this.client().code2ProtocolConverter;
    await this.begin({
      uri: code.asUri(editor.document.uri),
      range: code.asRange(editor.selection),
      version: editor.document.version,
      action,
      diagnostics: code.asDiagnosticsSync(diagnosticsAt(editor)),
    });
  }

  /** The reply box: returns at once, so that the box is empty while the answer comes. */
  reply(reply: vscode.CommentReply): void {
    const conversation = this.conversations.get(reply.thread);
    if (conversation) void this.ask(conversation, { question: reply.text });
  }

  regenerate(thread: vscode.CommentThread): void {
    const conversation = this.conversations.get(thread);
    if (conversation) void this.ask(conversation, { regenerate: true });
  }

  stop(thread: vscode.CommentThread): void {
    this.conversations.get(thread)?.cancel?.cancel();
  }

  /** The answer before or behind, of those to the same question. */
  turn(thread: vscode.CommentThread, step: number): void {
    this.conversations.get(thread)?.view.turn(step);
  }

  /** Has the server apply the edit: it knows whether the document still is the one that was asked about. */
  async accept(from: vscode.CommentThread | vscode.Uri | undefined): Promise<void> {
    const thread = threadOf(from);
    const conversation = thread && this.conversations.get(thread);
    const answer = conversation?.view.answer;
    if (!answer?.edit) return;
    this.applying = thread;
    const wish = { conversation: answer.conversation, alternative: answer.alternatives };
    await this.client().sendRequest("workspace/executeCommand", {
      command: "convive.apply",
      arguments: [wish],
    });
  }

  /** The server's edit was applied: what it was is no question any more, and what changed is shown. */
  async applied(): Promise<void> {
    const thread = this.applying;
    const conversation = thread && this.conversations.get(thread);
    if (!conversation) return;
    this.applying = undefined;
    const edit = conversation.view.answer?.edit;
    this.discard(thread);
    if (!edit) return;
    const converted = await this.client().protocol2CodeConverter.asWorkspaceEdit(edit);
    for (const [uri] of converted.entries()) await vscode.window.showTextDocument(uri, { preview: false });
  }

  async show(from: vscode.CommentThread): Promise<void> {
    const answer = this.conversations.get(from)?.view.answer;
    if (answer?.edit) await preview(this.client(), from, answer.edit, answer.report?.words);
  }

  discard(from: vscode.CommentThread | vscode.Uri | undefined): void {
    const thread = threadOf(from);
    if (!thread) return;
    this.stop(thread);
    this.conversations.delete(thread);
    closePreview(thread);
    thread.dispose();
  }

  dispose(): void {
    for (const thread of [...this.conversations.keys()]) this.discard(thread);
    this.controller.dispose();
    this.previews.dispose();
  }

  private async ask(conversation: Conversation, wish: Partial<AskParams>): Promise<void> {
    const { place, view } = conversation;
    conversation.cancel?.cancel();
    const cancel = new vscode.CancellationTokenSource();
    conversation.cancel = cancel;
    this.number += 1;
    const token = `ask-${this.number}`;
    view.begin(wish.question ?? place.action, wish.regenerate === true);
    const client = this.client();
    const isLast = () => conversation.cancel === cancel;
    const progress = client.onProgress(new ProgressType<AskProgress>(), token, (value) => {
      if (isLast()) view.take(value);
    });
    try {
      const result = await client.sendRequest(ask, this.params(conversation, token, wish), cancel.token);
      conversation.id = result.conversation;
      if (!isLast()) return;
      view.finish(result);
      if (result.edit && isInFront(place)) {
        await preview(client, view.thread, result.edit, result.report?.words);
      }
    } catch (error) {
      if (isLast()) view.fail(cancel.token.isCancellationRequested ? "stopped" : (error as Error).message);
    } finally {
      progress.dispose();
    }
  }

  private params(conversation: Conversation, token: string, wish: Partial<AskParams>): AskParams {
    const { place, id } = conversation;
    return {
      textDocument: { uri: place.uri },
      range: place.range,
      action: id ? undefined : place.action,
      diagnostics: place.diagnostics,
      conversation: id,
      partialResultToken: token,
      ...wish,
    };
  }
}

/** Those that are shown where the selection is. */
export function diagnosticsAt(editor: vscode.TextEditor): vscode.Diagnostic[] {
  const all = vscode.languages.getDiagnostics(editor.document.uri);
  return all.filter((diagnostic) => diagnostic.range.intersection(editor.selection));
}

/** Whether the user still looks at the document as it was asked about; else a diff would come between. */
function isInFront(place: AskArgument): boolean {
  const document = vscode.window.activeTextEditor?.document;
  const same = document?.uri.toString() === vscode.Uri.parse(place.uri).toString();
  return same && (place.version === undefined || document?.version === place.version);
}
