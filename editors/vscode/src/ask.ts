// Questions: a thread of comments at the code, in which the answer streams and follow-ups are asked.

import * as vscode from "vscode";
import { type LanguageClient, ProgressType } from "vscode-languageclient/node";
import { preview } from "./preview.ts";
import { type AskArgument, type AskParams, type AskProgress, type AskResult, ask } from "./protocol.ts";
import { layOut } from "./words.ts";

/** How often a growing answer is drawn anew, in milliseconds. */
const DRAW_MS = 60;

interface Conversation {
  place: AskArgument;
  id?: string;
  last?: AskResult;
  cancel?: vscode.CancellationTokenSource;
}

export class Asking implements vscode.Disposable {
  private readonly controller = vscode.comments.createCommentController("convive", "Convive");
  private readonly conversations = new Map<vscode.CommentThread, Conversation>();
  private number = 0;

  constructor(private readonly client: () => LanguageClient) {
    this.controller.options = { prompt: "Follow up…", placeHolder: "Ask about this code" };
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
      if (!question) return;
    }
    const range = this.client().protocol2CodeConverter.asRange(place.range);
    const uri = this.client().protocol2CodeConverter.asUri(place.uri);
    const thread = this.controller.createCommentThread(uri, range, []);
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    thread.label = "Convive";
    thread.canReply = false;
    this.conversations.set(thread, { place });
    await this.ask(thread, { question });
  }

  /** The selection or the cursor of the active editor. */
  async here(action: string): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor) return;
    const code = this.client().code2ProtocolConverter;
    const diagnostics = vscode.languages
      .getDiagnostics(editor.document.uri)
      .filter((diagnostic) => diagnostic.range.intersection(editor.selection));
    await this.begin({
      uri: code.asUri(editor.document.uri),
      range: code.asRange(editor.selection),
      version: editor.document.version,
      action,
      diagnostics: code.asDiagnosticsSync(diagnostics),
    });
  }

  /** The reply box: returns at once, so that the box is empty while the answer comes. */
  reply(reply: vscode.CommentReply): void {
    void this.ask(reply.thread, { question: reply.text });
  }

  regenerate(thread: vscode.CommentThread): void {
    void this.ask(thread, { regenerate: true });
  }

  stop(thread: vscode.CommentThread): void {
    this.conversations.get(thread)?.cancel?.cancel();
  }

  async accept(thread: vscode.CommentThread): Promise<void> {
    const edit = this.conversations.get(thread)?.last?.edit;
    if (!edit) return;
    const moved = (edit.documentChanges ?? []).some((change) => {
      if (!("textDocument" in change) || change.textDocument.version === null) return false;
      const uri = change.textDocument.uri;
      const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri);
      return open !== undefined && open.version !== change.textDocument.version;
    });
    if (moved) {
      void vscode.window.showWarningMessage(
        "The document has changed since; nothing was applied. Ask again.",
      );
      return;
    }
    await vscode.workspace.applyEdit(await this.client().protocol2CodeConverter.asWorkspaceEdit(edit));
    this.discard(thread);
  }

  async show(thread: vscode.CommentThread): Promise<void> {
    const edit = this.conversations.get(thread)?.last?.edit;
    if (edit) await preview(this.client(), edit);
  }

  discard(thread: vscode.CommentThread): void {
    this.stop(thread);
    this.conversations.delete(thread);
    thread.dispose();
  }

  private async ask(thread: vscode.CommentThread, wish: Partial<AskParams>): Promise<void> {
    const conversation = this.conversations.get(thread);
    if (!conversation) return;
    conversation.cancel?.cancel();
    const cancel = new vscode.CancellationTokenSource();
    conversation.cancel = cancel;
    this.number += 1;
    const token = `ask-${this.number}`;
    const view = new View(thread, wish.question ?? (wish.regenerate ? "" : conversation.place.action));
    const client = this.client();
    const progress = client.onProgress(new ProgressType<AskProgress>(), token, (value) => view.take(value));
    const { place } = conversation;
    try {
      const result = await client.sendRequest(
        ask,
        {
          textDocument: { uri: place.uri },
          range: place.range,
          action: conversation.id ? undefined : place.action,
          diagnostics: place.diagnostics,
          conversation: conversation.id,
          partialResultToken: token,
          ...wish,
        },
        cancel.token,
      );
      conversation.id = result.conversation;
      conversation.last = result;
      view.finish(layOut(result));
      thread.contextValue = result.edit ? "answer,edit" : "answer";
    } catch (error) {
      view.fail(cancel.token.isCancellationRequested ? "stopped" : (error as Error).message);
      thread.contextValue = "answer";
    } finally {
      progress.dispose();
      thread.canReply = true;
    }
  }

  dispose(): void {
    for (const thread of [...this.conversations.keys()]) this.discard(thread);
    this.controller.dispose();
  }
}

/** The comments of a thread: what stands there, and the answer that grows below it. */
class View {
  private text = "";
  private working = "…";
  private timer: NodeJS.Timeout | undefined;
  private readonly earlier: readonly vscode.Comment[];

  constructor(
    private readonly thread: vscode.CommentThread,
    question: string,
  ) {
    const asked = question ? [comment("You", question)] : [];
    this.earlier = [...thread.comments, ...asked];
    thread.contextValue = "running";
    this.draw();
  }

  take(value: AskProgress): void {
    if (value.kind === "chunk") this.text += value.text;
    else if (value.kind === "again") this.text = "";
    else this.working = `… ${value.message}`;
    this.timer ??= setTimeout(() => this.draw(), DRAW_MS);
  }

  finish(text: string): void {
    this.text = text;
    this.draw();
  }

  fail(message: string): void {
    this.text = this.text ? `${this.text}\n\n**${message}**` : `**${message}**`;
    this.draw();
  }

  private draw(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.thread.comments = [...this.earlier, comment("Convive", this.text || this.working)];
  }
}

function comment(name: string, text: string): vscode.Comment {
  const body = new vscode.MarkdownString(text);
  return { author: { name }, body, mode: vscode.CommentMode.Preview };
}
