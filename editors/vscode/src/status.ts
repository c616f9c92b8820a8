// The status bar item, and its menu.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { Status } from "./protocol.ts";
import { describe, missingWeights } from "./words.ts";

export interface StatusView {
  item: vscode.StatusBarItem;
  show(status: Status): void;
  /** The server runs; what it says of itself counts. */
  started(): void;
  now(): Status;
  listen(client: LanguageClient, ways: Listener): void;
}

/** What becomes of the server's own words. */
export interface Listener {
  /** It lacks weights; told once in a session. */
  missing(message: string): void;
}

export function makeStatus(): StatusView {
  const item = vscode.window.createStatusBarItem("convive.status", vscode.StatusBarAlignment.Right, 90);
  item.name = "Convive";
  item.command = "convive.menu";
  let now: Status = { state: "loading", message: "the server starts" };
  let told = false;
  const show = (status: Status) => {
    now = status;
    const { text, tooltip } = describe(status);
    item.text = text;
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: tooltip };
    item.show();
  };
  show(now);
  return {
    item,
    show,
    started: () => {
      if (now.state === "loading" && now.percent === undefined) show({ state: "ready" });
    },
    now: () => now,
    listen: (client, ways) => {
      client.onNotification("convive/status", (status: Status) => {
        show(status);
        if (told || !missingWeights(status.message)) return;
        told = true;
        ways.missing(status.message ?? "");
      });
    },
  };
}

interface Choice extends vscode.QuickPickItem {
  run?(): unknown;
}

export async function menu(now: Status, output: vscode.LogOutputChannel): Promise<void> {
  const run = (command: string, ...given: unknown[]) => {
    return () => vscode.commands.executeCommand(command, ...given);
  };
  const settings = vscode.workspace.getConfiguration("convive");
  const automatic = settings.get<string>("completion.trigger") !== "invoked";
  const trigger = automatic ? "invoked" : "automatic";
  const { text, tooltip } = describe(now);
  const choices: Choice[] = [
    { label: text.replace(/ Convive.*/, ` ${tooltip}`), alwaysShow: true },
    ...(missingWeights(now.message) ? [{ label: "Fetch the weights", run: run("convive.fetch") }] : []),
    { label: "", kind: vscode.QuickPickItemKind.Separator },
    { label: "Ask or do something here…", run: run("convive.action") },
    {
      label: automatic ? "Complete only when asked" : "Complete while typing",
      run: () => settings.update("completion.trigger", trigger, vscode.ConfigurationTarget.Global),
    },
    { label: "What was sent last", run: run("convive.sent") },
    { label: "What works and what does not (convive doctor)", run: () => inTerminal("doctor") },
    { label: "Settings", run: run("workbench.action.openSettings", "@ext:convive.convive") },
    { label: "Restart the server", run: run("convive.restart") },
    { label: "Show the log", run: () => output.show() },
  ];
  const chosen = await vscode.window.showQuickPick(choices, { title: "Convive" });
  await chosen?.run?.();
}

function inTerminal(command: string): void {
  const path = vscode.workspace.getConfiguration("convive").get<string>("server.path")?.trim() || "convive";
  const terminal = vscode.window.createTerminal("Convive");
  terminal.show();
  terminal.sendText(`${/\s/.test(path) ? JSON.stringify(path) : path} ${command}`);
}
