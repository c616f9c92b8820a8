// The status bar item, and its menu.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type Status, status } from "./protocol.ts";
import { describe } from "./words.ts";

export function makeStatus(): {
  item: vscode.StatusBarItem;
  listen(client: LanguageClient): vscode.Disposable;
} {
  const item = vscode.window.createStatusBarItem("convive.status", vscode.StatusBarAlignment.Right, 90);
  item.name = "Convive";
  item.command = "convive.menu";
  const show = (params: Status) => {
    const { text, tooltip } = describe(params);
    item.text = text;
    item.tooltip = tooltip;
    item.show();
  };
  show({ state: "ready" });
  return { item, listen: (client) => client.onNotification(status, show) };
}

interface Choice extends vscode.QuickPickItem {
  run(): unknown;
}

export async function menu(restart: () => Promise<void>, output: vscode.LogOutputChannel): Promise<void> {
  const settings = vscode.workspace.getConfiguration("convive");
  const automatic = settings.get<string>("completion.trigger") !== "invoked";
  const choices: Choice[] = [
    {
      label: automatic ? "Complete only when asked" : "Complete while typing",
      run: () =>
        settings.update(
          "completion.trigger",
          automatic ? "invoked" : "automatic",
          vscode.ConfigurationTarget.Global,
        ),
    },
    {
      label: "Settings",
      run: () => vscode.commands.executeCommand("workbench.action.openSettings", "@ext:convive.convive"),
    },
    { label: "What works and what does not (convive doctor)", run: () => inTerminal("doctor") },
    { label: "Fetch the default model", run: () => inTerminal("model pull smollm2-135m") },
    { label: "Restart the server", run: restart },
    { label: "Show the log", run: () => output.show() },
  ];
  const chosen = await vscode.window.showQuickPick(choices, { title: "Convive" });
  await chosen?.run();
}

function inTerminal(command: string): void {
  const terminal = vscode.window.createTerminal("Convive");
  terminal.show();
  const path = vscode.workspace.getConfiguration("convive").get<string>("server.path")?.trim() || "convive";
  terminal.sendText(`${JSON.stringify(path)} ${command}`);
}
