// Ghost text: forwards to the server, and has VS Code ask again when the text has grown.
//
// VS Code has no call that changes a text it shows. Where the cursor stays, it asks again only if there is a provider that it
// has not asked there yet: so for each growth the provider is registered anew. It must be asked like while typing: to what is
// asked by hand, the text that was shown stays the first answer.

import * as vscode from "vscode";
import type { InlineCompletionParams, LanguageClient } from "vscode-languageclient/node";
import { InlineCompletionRequest } from "vscode-languageclient/node";
import { Growth, type Place, same } from "./growth.ts";
import { DOCUMENTS, type GhostText, ghostText } from "./protocol.ts";

type Items = vscode.InlineCompletionItem[];

interface Running {
  place: Place;
  /** What VS Code's own list had selected there; the text depends on it. */
  selected: string;
  growth: Growth<Items>;
  /** The newest text that grew. */
  latest: Items;
  /** Whether its parts are shown; others than what is shown already come all at once, since VS Code then goes to the next. */
  grows: boolean;
  token: number;
  cancel: vscode.CancellationTokenSource;
}

/** An answer that is whole so soon after its first text, in milliseconds, is shown once. */
const SOON = 2;

/** How long VS Code needs to show a text, in milliseconds: one that it has not shown yet is lost when a provider is registered. */
const SHOWN = 60;

const TRIGGER = "editor.action.inlineSuggest.trigger";

export class Ghost implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];
  private registered: vscode.Disposable | undefined;
  /** Of the provider that answers; older ones say nothing, so that nothing is shown twice. */
  private generation = 0;
  private running: Running | undefined;
  private refreshing = false;
  private growing = false;
  private number = 0;
  /** What was answered last: how many items, and whether to a request by hand. */
  private answered: { place: Place; count: number; invoked: boolean } | undefined;

  constructor(private readonly client: LanguageClient) {
    this.subscriptions = [
      client.onNotification(ghostText, (grown) => this.grow(grown)),
      vscode.window.onDidChangeTextEditorSelection(() => this.leaveUnlessThere()),
      vscode.window.onDidChangeActiveTextEditor(() => this.leaveUnlessThere()),
    ];
  }

  /** What a provider answers; the one that the client registers is generation 0. */
  async provide(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
    generation = 0,
  ): Promise<Items | undefined> {
    if (generation !== this.generation) return undefined;
    const place = placeOf(document, position);
    const invoked = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    const running =
      (!invoked && this.goesOn(place, context)) ||
      this.begin(document, position, context, !invoked || !this.isAnsweredAt(place));
    const waiting = running.growth.wait();
    // Another request for the same place may wait for the same text.
    const cancelled = token.onCancellationRequested(() => {
      if (waiting.withdraw()) this.leave(running);
    });
    const items = await waiting.state;
    cancelled.dispose();
    this.answered = { place, count: items?.length ?? 0, invoked };
    this.showGrowing();
    return items;
  }

  /** Asks by hand; where the answer to that is shown already, for others. */
  async trigger(): Promise<void> {
    if (this.wasInvokedHere() && !this.running?.growth.isPartial) this.register();
    await vscode.commands.executeCommand(TRIGGER);
  }

  /** The next or the previous alternative. VS Code asks for others by itself only where the first came unasked. */
  async turn(command: "showNext" | "showPrevious"): Promise<void> {
    if (this.wasInvokedHere() && this.answered?.count === 1) await this.trigger();
    await vscode.commands.executeCommand(`editor.action.inlineSuggest.${command}`);
  }

  /** Takes the text away, and ends its growth. */
  async dismiss(): Promise<void> {
    if (this.running) this.leave(this.running);
    await vscode.commands.executeCommand("editor.action.inlineSuggest.hide");
  }

  dispose(): void {
    if (this.running) this.leave(this.running);
    this.registered?.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** What is being answered for this place already. */
  private goesOn(place: Place, context: vscode.InlineCompletionContext): Running | undefined {
    const running = this.running;
    if (!running || running.growth.isOver) return undefined;
    return same(running.place, place) && running.selected === selectedIn(context) ? running : undefined;
  }

  private begin(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    grows: boolean,
  ): Running {
    if (this.running) this.leave(this.running);
    this.number += 1;
    const running: Running = {
      place: placeOf(document, position),
      selected: selectedIn(context),
      growth: new Growth<Items>(() => void this.refresh(running)),
      grows,
      latest: [],
      token: this.number,
      cancel: new vscode.CancellationTokenSource(),
    };
    this.running = running;
    void this.request(
      running,
      this.client.code2ProtocolConverter.asInlineCompletionParams(document, position, context),
    );
    return running;
  }

  private async request(running: Running, params: InlineCompletionParams): Promise<void> {
    try {
      const asked = { ...params, partialResultToken: running.token };
      const answer = await this.client.sendRequest(InlineCompletionRequest.type, asked, running.cancel.token);
      const items = await this.client.protocol2CodeConverter.asInlineCompletionResult(answer);
      running.growth.put(Array.isArray(items) ? items : (items?.items ?? []), true);
    } catch {
      // The server tells the user of failures by itself, once.
      running.growth.drop();
    }
    this.showGrowing();
  }

  private grow(grown: GhostText): void {
    if (this.running?.token !== grown.token || !this.running.grows) return;
    const range = this.client.protocol2CodeConverter.asRange(grown.range);
    const running = this.running;
    running.latest = grown.insertText ? [new vscode.InlineCompletionItem(grown.insertText, range)] : [];
    const put = () => running.growth.put(running.latest, false);
    if (running.growth.count === 0) setTimeout(put, SOON);
    else put();
  }

  /** Has VS Code ask again until it has the newest text; what comes in the meantime is shown with it. */
  private async refresh(running: Running): Promise<void> {
    if (this.refreshing) return;
    this.refreshing = true;
    let count = -1;
    // Where VS Code did not ask, it does not want to: it is not asked to again before the next growth.
    while (running.growth.hasNews && running.growth.count !== count && this.isThere(running)) {
      count = running.growth.count;
      await new Promise((done) => setTimeout(done, SHOWN));
      if (!this.isThere(running)) break;
      this.register();
      const how = { providerId: `${EXTENSION}:*`, explicit: false };
      await vscode.commands.executeCommand(TRIGGER, how).then(undefined, () => undefined);
    }
    this.refreshing = false;
  }

  private register(): void {
    this.generation += 1;
    const generation = this.generation;
    const older = this.registered;
    this.registered = vscode.languages.registerInlineCompletionItemProvider(DOCUMENTS, {
      provideInlineCompletionItems: (document, position, context, token) =>
        this.provide(document, position, context, token, generation),
    });
    older?.dispose();
  }

  private leave(running: Running): void {
    running.cancel.cancel();
    running.growth.drop();
    if (this.running === running) this.running = undefined;
    this.showGrowing();
  }

  private leaveUnlessThere(): void {
    if (this.running && !this.isThere(this.running)) this.leave(this.running);
  }

  private isThere(running: Running): boolean {
    const place = here();
    return place !== undefined && same(place, running.place);
  }

  private wasInvokedHere(): boolean {
    const place = here();
    return this.answered?.invoked === true && place !== undefined && this.isAnsweredAt(place);
  }

  private isAnsweredAt(place: Place): boolean {
    return this.answered !== undefined && this.answered.count > 0 && same(place, this.answered.place);
  }

  /** Tells the key bindings whether there is growth that Escape should end. */
  private showGrowing(): void {
    const growing = this.running?.growth.isPartial ?? false;
    if (growing === this.growing) return;
    this.growing = growing;
    void vscode.commands.executeCommand("setContext", "convive.growing", growing);
  }
}

const EXTENSION = "convive.convive";

function placeOf(document: vscode.TextDocument, position: vscode.Position): Place {
  const { line, character } = position;
  return { uri: document.uri.toString(), version: document.version, line, character };
}

/** Where the cursor is. */
function here(): Place | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor && placeOf(editor.document, editor.selection.active);
}

function selectedIn(context: vscode.InlineCompletionContext): string {
  return context.selectedCompletionInfo ? JSON.stringify(context.selectedCompletionInfo) : "";
}
