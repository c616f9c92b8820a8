// The client of the server: what it announces, which options it passes, and where its messages go.

import * as vscode from "vscode";
import type { LanguageClientOptions, StaticFeature } from "vscode-languageclient/node";
import { CloseAction, LanguageClient, RevealOutputChannelOn, State } from "vscode-languageclient/node";
import { SECTION, serverPath, userOptions, windowOptions } from "./config.ts";
import { Ghost } from "./inline.ts";
import { DOCUMENTS, EXTENSIONS } from "./protocol.ts";

/** Announces our own messages. */
const extensions: StaticFeature = {
  fillClientCapabilities(capabilities) {
    capabilities.experimental = { ...(capabilities.experimental as object), convive: EXTENSIONS };
  },
  initialize() {},
  getState: () => ({ kind: "static" }),
  clear() {},
};

/** A client that never says by itself what went wrong: its log has it, and a message of ours, with a way out. */
class Client extends LanguageClient {
  /** Whether the server was ready once. */
  ran = false;

  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** What others want to know of a server. */
export interface Watcher {
  /** An edit of the server's was applied. */
  applied(): void;
  /** The program ended and is not started again. */
  ended(problem: string): void;
}

/** A client that does not run yet, and the ghost text of its server. */
export function makeClient(
  output: vscode.LogOutputChannel,
  watcher: Watcher,
): { client: LanguageClient; ghost: Ghost } {
  const options: LanguageClientOptions = {
    documentSelector: DOCUMENTS,
    outputChannel: output,
    // An error of the server is a message of ours or nothing; never a panel that opens by itself.
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: userOptions,
    // Whoever starts the client says why it failed, with a way out.
    initializationFailedHandler: () => false,
    errorHandler: {
      error: (error, message, count) => usual.error(error, message, count),
      closed: () => {
        if (!client.ran) {
          watcher.ended("Convive's server ended at its start.");
          return { action: CloseAction.DoNotRestart, handled: true };
        }
        const next = usual.closed();
        return Promise.resolve(next).then((result) => {
          if (result.action === CloseAction.DoNotRestart) {
            watcher.ended("Convive's server ended again and again; it is not started any more.");
          }
          return result;
        });
      },
    },
    synchronize: { configurationSection: SECTION },
    middleware: {
      provideInlineCompletionItems: (document, position, context, token) =>
        ghost.provide(document, position, context, token),
      workspace: {
        configuration: (params) =>
          params.items.map((item) => (item.section === SECTION ? windowOptions() : null)),
        handleApplyEdit: async (params, next) => {
          const result = await next(params, new vscode.CancellationTokenSource().token);
          if ("applied" in result && result.applied) watcher.applied();
          return result;
        },
      },
    },
  };
  const command = { command: serverPath(), args: ["serve"] };
  const client = new Client(SECTION, "Convive", command, options);
  client.onDidChangeState(({ newState }) => {
    client.ran ||= newState === State.Running;
  });
  const usual = client.createDefaultErrorHandler();
  client.registerFeature(extensions);
  const ghost = new Ghost(client);
  return { client, ghost };
}
