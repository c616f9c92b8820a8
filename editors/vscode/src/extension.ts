// Wires the parts together when VS Code starts the extension, and takes them apart at its end.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { Asking } from "./ask.ts";
import { makeClient, start } from "./client.ts";
import { register as registerPreview } from "./preview.ts";
import type { AskArgument } from "./protocol.ts";
import { makeStatus, menu } from "./status.ts";

let client: LanguageClient;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("Convive", { log: true });
  const status = makeStatus();
  const asking = new Asking(() => client);
  const run = async () => {
    client = makeClient(output);
    context.subscriptions.push(status.listen(client));
    await start(client);
  };
  const restart = async () => {
    await client.dispose().catch(() => undefined);
    await run();
  };
  const command = (name: string, action: (...given: never[]) => unknown) =>
    vscode.commands.registerCommand(name, action);
  context.subscriptions.push(
    output,
    status.item,
    asking,
    registerPreview(),
    command("convive.ask", (place?: AskArgument) => (place ? asking.begin(place) : asking.here("ask"))),
    command("convive.write", () => asking.here("write")),
    command("convive.explain", () => asking.here("explain")),
    command("convive.test", () => asking.here("test")),
    command("convive.reply", (reply: vscode.CommentReply) => asking.reply(reply)),
    command("convive.regenerate", (thread: vscode.CommentThread) => asking.regenerate(thread)),
    command("convive.stop", (thread: vscode.CommentThread) => asking.stop(thread)),
    command("convive.accept", (thread: vscode.CommentThread) => asking.accept(thread)),
    command("convive.preview", (thread: vscode.CommentThread) => asking.show(thread)),
    command("convive.discard", (thread: vscode.CommentThread) => asking.discard(thread)),
    command("convive.menu", () => menu(restart, output)),
    command("convive.restart", restart),
  );
  // Not waited for: VS Code goes on at once.
  void run();
}

export function deactivate(): Promise<void> | undefined {
  return client?.isRunning() ? client.stop() : undefined;
}
