// What VS Code loads when it starts: the status and the commands. All else is loaded behind that, so that nothing waits for it.

import * as vscode from "vscode";
import { makeStatus } from "./status.ts";

/** Those that are part of a thread, a diff, or ghost text as well. */
const COMMANDS = [
  ...["complete", "next", "previous", "dismiss"],
  ...["ask", "write", "explain", "test", "fix", "document", "trace", "review", "action"],
  ...["reply", "regenerate", "stop", "accept", "preview", "discard", "earlierAnswer", "laterAnswer"],
  ...["menu", "restart", "fetch", "sent"],
] as const;

export type Command = (typeof COMMANDS)[number];

let running: Promise<{ stop(): Promise<void> | undefined }> | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const status = makeStatus();
  context.subscriptions.push(status.item);
  const load = async () => {
    // A bundle of its own (the name is that of the built file).
    const { Convive } = await import("./convive.js");
    const convive = new Convive(status);
    context.subscriptions.push(convive);
    return convive;
  };
  let loading: ReturnType<typeof load> | undefined;
  const loaded = () => {
    loading ??= load();
    running = loading;
    return loading;
  };
  for (const name of COMMANDS) {
    const run = async (...given: unknown[]) => (await loaded()).run(name, given);
    context.subscriptions.push(vscode.commands.registerCommand(`convive.${name}`, run));
  }
  setImmediate(loaded);
}

export async function deactivate(): Promise<void> {
  await (await running)?.stop();
}
