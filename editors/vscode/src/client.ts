// The client of the server: what it announces, which options it passes, and where its messages go.

import * as vscode from "vscode";
import type { LanguageClientOptions, StaticFeature } from "vscode-languageclient/node";
import { LanguageClient, RevealOutputChannelOn } from "vscode-languageclient/node";
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

/** A client that does not run yet, and the ghost text of its server. `applied`: the server's edit was. */
export function makeClient(
  output: vscode.LogOutputChannel,
  applied: () => Promise<void>,
): { client: LanguageClient; ghost: Ghost } {
  const options: LanguageClientOptions = {
    documentSelector: DOCUMENTS,
    outputChannel: output,
    // An error of the server is a message of ours or nothing; never a panel that opens by itself.
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: userOptions,
    // Whoever starts the client says why it failed, with a way out.
    initializationFailedHandler: () => false,
    synchronize: { configurationSection: SECTION },
    middleware: {
      provideInlineCompletionItems: (document, position, context, token) =>
        ghost.provide(document, position, context, token),
      workspace: {
        configuration: (params) =>
          params.items.map((item) => (item.section === SECTION ? windowOptions() : null)),
        handleApplyEdit: async (params, next) => {
          const result = await next(params, new vscode.CancellationTokenSource().token);
          if ("applied" in result && result.applied) void applied();
          return result;
        },
      },
    },
  };
  const command = { command: serverPath(), args: ["serve"] };
  const client = new LanguageClient(SECTION, "Convive", command, options);
  client.registerFeature(extensions);
  const ghost = new Ghost(client);
  return { client, ghost };
}
