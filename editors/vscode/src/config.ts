// The only reader of settings: what the user set goes to the server as it is.

import * as vscode from "vscode";
import { type Tree, tree } from "./settings.ts";

export const SECTION = "convive";

/** The command that starts the server. */
export function serverPath(): string {
  return vscode.workspace.getConfiguration(SECTION).get<string>("server.path")?.trim() || "convive";
}

/** What the user himself has set, without what a workspace says: these may name servers and commands. */
export function userOptions(): Tree {
  return options((found) => found.globalValue);
}

/** What holds in this window; without defaults, which are the server's. */
export function windowOptions(): Tree {
  return options((found) => found.workspaceFolderValue ?? found.workspaceValue ?? found.globalValue);
}

type Found = NonNullable<ReturnType<vscode.WorkspaceConfiguration["inspect"]>>;

function options(value: (found: Found) => unknown): Tree {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const names = serverKeys();
  return tree(
    names.flatMap((name) => {
      const found = settings.inspect(name);
      const set = found && value(found);
      return set === undefined ? [] : [[name, set] as [string, unknown]];
    }),
  );
}

/** The settings that are the server's options, by their names below `convive.`; the others are this extension's own. */
function serverKeys(): string[] {
  const own = vscode.extensions.getExtension("convive.convive")?.packageJSON;
  const pages: { properties: Record<string, unknown> }[] = own?.contributes?.configuration ?? [];
  return pages
    .flatMap((page) => Object.keys(page.properties))
    .map((key) => key.slice(SECTION.length + 1))
    .filter((key) => !key.startsWith("server.") && !key.startsWith("keys."));
}
