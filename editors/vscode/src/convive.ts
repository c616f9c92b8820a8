// Holds the parts together: the server's client, its ghost text, the questions; and runs the commands.

import * as vscode from "vscode";
import { type LanguageClient, MessageType, ShowMessageNotification } from "vscode-languageclient/node";
import { Asking } from "./ask.ts";
import { pick } from "./choose.ts";
import { makeClient } from "./client.ts";
import type { Command } from "./extension.ts";
import type { Ghost } from "./inline.ts";
import { type AskArgument, sent } from "./protocol.ts";
import { ended, FETCH, fetchWeights, offer, start } from "./server.ts";
import { menu, type StatusView } from "./status.ts";
import { missingWeights } from "./words.ts";

type Thread = vscode.CommentThread;

export class Convive implements vscode.Disposable {
  private readonly output = vscode.window.createOutputChannel("Convive", { log: true });
  private readonly asking = new Asking(() => this.client);
  private client: LanguageClient;
  private ghost: Ghost;

  constructor(private readonly status: StatusView) {
    ({ client: this.client, ghost: this.ghost } = this.make());
    void this.start();
  }

  /** Runs a command of package.json with what VS Code gives it: for a thread's button, the thread. */
  run(name: Command, given: unknown[]): unknown {
    const thread = given[0] as Thread;
    const commands: Record<Command, () => unknown> = {
      complete: () => this.ghost.trigger(),
      next: () => this.ghost.turn("showNext"),
      previous: () => this.ghost.turn("showPrevious"),
      dismiss: () => this.ghost.dismiss(),
      // Also what the server's code actions run, with a place.
      ask: () => (given[0] ? this.asking.begin(given[0] as AskArgument) : this.asking.here("ask")),
      write: () => this.asking.here("write"),
      explain: () => this.asking.here("explain"),
      test: () => this.asking.here("test"),
      fix: () => this.asking.here("fix"),
      document: () => this.asking.here("document"),
      trace: () => this.asking.here("trace"),
      review: () => this.asking.here("review"),
      action: () => pick(this.client, (place) => this.asking.begin(place)),
      reply: () => this.asking.reply(given[0] as vscode.CommentReply),
      regenerate: () => this.asking.regenerate(thread),
      stop: () => this.asking.stop(thread),
      accept: () => this.asking.accept(given[0] as Thread | vscode.Uri | undefined),
      preview: () => this.asking.show(thread),
      discard: () => this.asking.discard(given[0] as Thread | vscode.Uri | undefined),
      earlierAnswer: () => this.asking.turn(thread, -1),
      laterAnswer: () => this.asking.turn(thread, 1),
      menu: () => menu(this.status.now(), this.output),
      restart: () => this.restart(),
      fetch: () => this.fetch(),
      sent: () => this.showSent(),
    };
    return commands[name]();
  }

  stop(): Promise<void> | undefined {
    return this.client.isRunning() ? this.client.stop() : undefined;
  }

  dispose(): void {
    this.ghost.dispose();
    this.asking.dispose();
    this.output.dispose();
  }

  private make(): { client: LanguageClient; ghost: Ghost } {
    const made = makeClient(this.output, {
      applied: () => void this.asking.applied(),
      ended: (problem) => ended(problem, this.status, this.output),
    });
    this.status.listen(made.client, { missing: (message) => void offer(message, FETCH) });
    this.showMessages(made.client);
    return made;
  }

  /** The server's messages; that weights are missing is told with the status already, with a way out. */
  private showMessages(client: LanguageClient): void {
    client.onNotification(ShowMessageNotification.type, ({ type, message }) => {
      if (missingWeights(message)) return;
      if (type === MessageType.Error) void vscode.window.showErrorMessage(message);
      else if (type === MessageType.Warning) void vscode.window.showWarningMessage(message);
      else void vscode.window.showInformationMessage(message);
    });
  }

  private start(): Promise<void> {
    return start(this.client, this.status);
  }

  private async restart(): Promise<void> {
    await this.client.dispose().catch(() => undefined);
    this.ghost.dispose();
    ({ client: this.client, ghost: this.ghost } = this.make());
    await this.start();
  }

  /** Fetches the weights that the server misses, and has it look again. */
  private async fetch(): Promise<void> {
    if (await fetchWeights(this.status.now().message)) await this.restart();
  }

  private async showSent(): Promise<void> {
    const page = await this.client.sendRequest(sent, { command: "convive.last", arguments: [{}] });
    const content = page?.markdown ?? "Nothing was sent yet.";
    const document = await vscode.workspace.openTextDocument({ language: "markdown", content });
    await vscode.window.showTextDocument(document, { preview: true });
  }
}
