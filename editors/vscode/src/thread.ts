// One thread of comments: the questions, their answers, and the one that grows.

import * as vscode from "vscode";
import type { AskProgress, AskResult } from "./protocol.ts";
import { layOut } from "./words.ts";

/** How often a growing answer is drawn anew, in milliseconds. */
const DRAW_MS = 60;

/** A question and all answers to it. */
interface Turn {
  question: string;
  answers: AskResult[];
  /** Which of them is shown. */
  shown: number;
}

export class ThreadView {
  private readonly turns: Turn[] = [];
  /** What streams, or why nothing came; in place of the last turn's answer. */
  private growing: string | undefined;
  private working = "…";
  private timer: NodeJS.Timeout | undefined;

  constructor(readonly thread: vscode.CommentThread) {
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    thread.label = "Convive";
    thread.canReply = false;
  }

  /** The answer that is shown last. */
  get answer(): AskResult | undefined {
    const turn = this.turns.at(-1);
    return this.growing === undefined ? turn?.answers[turn.shown] : undefined;
  }

  /** A question is asked; `again` means the last one. */
  begin(question: string, again: boolean): void {
    if (!again || this.turns.length === 0) this.turns.push({ question, answers: [], shown: 0 });
    this.growing = "";
    this.working = "…";
    this.draw();
  }

  take(value: AskProgress): void {
    if (this.growing === undefined) return;
    if (value.kind === "chunk") this.growing += value.text;
    else if (value.kind === "again") this.growing = "";
    else this.working = `… ${value.message}`;
    this.timer ??= setTimeout(() => this.draw(), DRAW_MS);
  }

  finish(result: AskResult): void {
    const turn = this.turns.at(-1);
    if (!turn) return;
    turn.answers.push(result);
    turn.shown = turn.answers.length - 1;
    this.growing = undefined;
    this.draw();
  }

  fail(message: string): void {
    const before = this.growing ? `${this.growing}\n\n` : "";
    this.growing = `${before}**${message}**`;
    this.draw(false);
  }

  /** Shows the answer before or behind. */
  turn(step: number): void {
    const turn = this.turns.at(-1);
    if (!turn || turn.answers.length === 0) return;
    // From a failure or a stopped answer, back to the last one.
    const from = this.growing === undefined ? turn.shown : turn.answers.length;
    turn.shown = Math.min(Math.max(from + step, 0), turn.answers.length - 1);
    this.growing = undefined;
    this.draw();
  }

  private draw(running = this.growing !== undefined): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.thread.comments = this.turns.flatMap((turn, number) => {
      const last = number === this.turns.length - 1;
      const asked = turn.question ? [comment("You", turn.question)] : [];
      const answer = turn.answers[turn.shown];
      if (last && this.growing !== undefined)
        return [...asked, comment("Convive", this.growing || this.working)];
      return answer ? [...asked, comment("Convive", layOut(answer), count(turn))] : asked;
    });
    this.thread.canReply = !running;
    this.thread.contextValue = this.state(running);
  }

  /** Which of the thread's buttons are there. */
  private state(running: boolean): string {
    if (running) return "running";
    const several = (this.turns.at(-1)?.answers.length ?? 0) > 1;
    return ["answer", this.answer?.edit && "edit", several && "several"].filter(Boolean).join(",");
  }
}

function count(turn: Turn): string | undefined {
  return turn.answers.length > 1 ? `${turn.shown + 1} of ${turn.answers.length}` : undefined;
}

function comment(name: string, text: string, label?: string): vscode.Comment {
  const body = new vscode.MarkdownString(text);
  return { author: { name }, body, mode: vscode.CommentMode.Preview, label };
}
