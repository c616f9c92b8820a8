// Owns the server's process: finds it, starts it, and says what to do where that fails.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as vscode from "vscode";
import type { LanguageClientOptions, StaticFeature } from "vscode-languageclient/node";
import { LanguageClient, RevealOutputChannelOn, State } from "vscode-languageclient/node";
import { SECTION, serverPath, userOptions, windowOptions } from "./config.ts";
import { EXTENSIONS } from "./protocol.ts";

/** Announces our own messages. */
const extensions: StaticFeature = {
  fillClientCapabilities(capabilities) {
    capabilities.experimental = { ...(capabilities.experimental as object), convive: EXTENSIONS };
  },
  initialize() {},
  getState: () => ({ kind: "static" }),
  clear() {},
};

export function makeClient(output: vscode.LogOutputChannel): LanguageClient {
  const command = serverPath();
  const options: LanguageClientOptions = {
    documentSelector: [{ scheme: "file" }, { scheme: "untitled" }, { scheme: "vscode-remote" }],
    outputChannel: output,
    // An error of the server is a message of ours or nothing; never a panel that opens by itself.
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: userOptions,
    synchronize: { configurationSection: SECTION },
    middleware: {
      workspace: {
        configuration: (params) =>
          params.items.map((item) => (item.section === SECTION ? windowOptions() : null)),
      },
    },
  };
  const client = new LanguageClient(SECTION, "Convive", { command, args: ["serve"] }, options);
  client.registerFeature(extensions);
  return client;
}

/** Starts the server; tells the user what to do where it is not there or not ours. */
export async function start(client: LanguageClient): Promise<boolean> {
  const command = serverPath();
  const problem = await whyNot(command);
  if (problem) {
    void explain(problem);
    return false;
  }
  try {
    await client.start();
    return client.state === State.Running;
  } catch (error) {
    void explain(`The Convive server could not be started: ${error}`);
    return false;
  }
}

/** Why this command is no server of ours. */
async function whyNot(command: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, ["--version"], { timeout: 10_000 });
    return stdout.startsWith("convive ") ? undefined : `\`${command}\` is some other program.`;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return missing
      ? `The Convive server \`${command}\` is not here. Build it and put it on your PATH, or say where it is.`
      : `The Convive server \`${command}\` does not start: ${(error as Error).message}`;
  }
}

async function explain(problem: string): Promise<void> {
  const where = "Say where it is…";
  const how = "How to get it";
  const chosen = await vscode.window.showErrorMessage(problem, where, how);
  if (chosen === where) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "convive.server.path");
  } else if (chosen === how) {
    await vscode.commands.executeCommand("workbench.extensions.action.showExtensionsWithIds", [
      "convive.convive",
    ]);
  }
}
