// What the status bar says of a status, and how an answer is laid out.

import type { AskResult, Status } from "./protocol.ts";

/** Text with an icon, and what the pointer shows. */
export function describe(status: Status): { text: string; tooltip: string } {
  if (status.state === "loading") {
    const percent = status.percent === undefined ? "" : ` ${status.percent} %`;
    return { text: `$(loading~spin) Convive${percent}`, tooltip: status.message ?? "loading" };
  }
  if (status.state === "offline") {
    return { text: "$(warning) Convive", tooltip: status.message ?? "no model answers" };
  }
  const idle = status.idle?.message;
  return { text: "$(sparkle) Convive", tooltip: idle ? `No suggestion: ${idle}` : "Convive is ready" };
}

/** An answer as Markdown: the words, how the test fared, and notes. */
export function layOut(result: AskResult): string {
  const parts = [result.text.trimEnd()];
  if (result.report) {
    parts.push(`*${result.report.words}*`);
    if (result.report.output) parts.push(fence(result.report.output));
  }
  if (result.note) parts.push(`*${result.note}*`);
  return parts.join("\n\n");
}

/** A block of code that no text can end early. */
export function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const mark = "`".repeat(longest + 1);
  return `${mark}\n${text.trimEnd()}\n${mark}`;
}
