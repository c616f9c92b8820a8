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

/** A text with edits in it, which do not overlap; of those at one place the first comes first. */
export function applied(text: string, edits: { start: number; end: number; text: string }[]): string {
  let whole = "";
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    whole += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return whole + text.slice(at);
}

/** What the server says is missing, as the arguments that fetch it: it names the command. */
export function missingWeights(message: string | undefined): string | undefined {
  return message?.match(/`convive model pull ([\w.-]+)`/)?.[1];
}

/** Whether a version such as `convive 0.1.0` is at least `oldest`, such as `0.1`. */
export function isNewEnough(said: string, oldest: string): boolean {
  const numbers = (version: string) => (version.match(/\d+/g) ?? []).map(Number);
  const [have, want] = [numbers(said), numbers(oldest)];
  for (const [index, number] of want.entries()) {
    const found = have[index] ?? 0;
    if (found !== number) return found > number;
  }
  return true;
}
