// The server's program: whether it is there and fits; what to do where it is not, or where it lacks its weights.

import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { SECTION, serverPath } from "./config.ts";
import type { StatusView } from "./status.ts";
import { isNewEnough, missingWeights } from "./words.ts";

/** The oldest server that has all that this extension asks of it. */
const OLDEST = "0.1.0";

/** Something to press in a message, and what it does. */
type Ways = Record<string, () => unknown>;

const CHOOSE: Ways = { "Choose the Program…": choose };
const AGAIN: Ways = { "Try Again": () => vscode.commands.executeCommand("convive.restart") };

/** Starts the server; where that fails, the status says why, and one message what can be done. */
export async function start(client: LanguageClient, status: StatusView): Promise<void> {
  status.show({ state: "loading", message: "the server starts" });
  const problem = await whyNot(serverPath());
  if (problem) return fail(status, problem, { ...CHOOSE, ...AGAIN });
  try {
    await client.start();
    status.started();
  } catch (error) {
    // Where the program ended, whoever watches that tells it.
    setTimeout(() => {
      if (status.now().state === "loading") fail(status, `Convive's server does not start: ${error}`, AGAIN);
    }, 1000);
  }
}

/** Tells that the program ended for good, unless that was told already. */
export function ended(problem: string, status: StatusView, output: vscode.LogOutputChannel): void {
  if (status.now().state === "offline" && status.now().message === problem) return;
  const log: Ways = { "Show the Log": () => output.show() };
  fail(status, problem, { ...log, ...AGAIN });
}

function fail(status: StatusView, problem: string, ways: Ways): void {
  status.show({ state: "offline", message: problem });
  void offer(problem, ways);
}

/** Fetches the weights that a message of the server names; whether they are there now. */
export async function fetchWeights(message: string | undefined): Promise<boolean> {
  const name = missingWeights(message) ?? "smollm2-135m";
  const title = `Convive: fetching ${name}`;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const problem = await vscode.window.withProgress(options, (progress, token) => {
    const pull = spawn(serverPath(), ["model", "pull", name], { stdio: ["ignore", "ignore", "pipe"] });
    token.onCancellationRequested(() => pull.kill());
    let last = "";
    createInterface({ input: pull.stderr }).on("line", (line) => {
      last = line.replace(/^error: /, "");
      progress.report({ message: line });
    });
    return new Promise<string | undefined>((done) => {
      pull.on("error", (error) => done(error.message));
      pull.on("close", (code) => done(code === 0 || token.isCancellationRequested ? undefined : last));
    }).then((problem) => (token.isCancellationRequested ? "" : problem));
  });
  if (problem) void offer(`${name} could not be fetched: ${problem}`, FETCH);
  return problem === undefined;
}

/** The way out where weights are missing. */
export const FETCH: Ways = {
  "Fetch Them": () => vscode.commands.executeCommand("convive.fetch"),
  Settings: () => vscode.commands.executeCommand("workbench.action.openSettings", "convive.backend"),
};

/** One message, with what can be done. */
export async function offer(problem: string, ways: Ways): Promise<void> {
  const chosen = await vscode.window.showErrorMessage(problem, ...Object.keys(ways));
  if (chosen) await ways[chosen]?.();
}

/** Why this command is no server of ours. */
async function whyNot(command: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, ["--version"], { timeout: 10_000 });
    if (!stdout.startsWith("convive "))
      return `\`${command}\` is not Convive's server but some other program.`;
    if (isNewEnough(stdout, OLDEST)) return undefined;
    return `\`${command}\` is ${stdout.trim()}, but this extension needs ${OLDEST} or newer: update it, or choose another.`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT"
      ? `Convive's server \`${command}\` is not there: put it on your PATH, or choose the program.`
      : `Convive's server \`${command}\` does not run: ${message}`;
  }
}

/** Asks for the program, and starts it. */
async function choose(): Promise<void> {
  const [file] = (await vscode.window.showOpenDialog({ title: "Where is the program `convive`?" })) ?? [];
  if (!file) return;
  const settings = vscode.workspace.getConfiguration(SECTION);
  await settings.update("server.path", file.fsPath, vscode.ConfigurationTarget.Global);
  await vscode.commands.executeCommand("convive.restart");
}
