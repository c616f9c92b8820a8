// One text that grows: hands out its newest state, and knows when there is a newer one than was handed out.

/** Where a completion was asked for; only a request for the same place may see its growth. */
export interface Place {
  uri: string;
  version: number;
  line: number;
  character: number;
}

export function same(a: Place, b: Place): boolean {
  return a.uri === b.uri && a.version === b.version && a.line === b.line && a.character === b.character;
}

/** States come in by `put` and go out by `next`; one that nobody took is skipped for a newer one. */
export class Growth<State> {
  private newest: State | undefined;
  private taken: State | undefined;
  private waiting: ((state: State | undefined) => void)[] = [];
  private ended = false;
  /** How many states were handed out. */
  count = 0;

  constructor(
    /** Called when there is a newer state than the one that was handed out, and nobody waits for it. */
    private readonly grown: () => void,
  ) {}

  /** A newer state; the last one ends the growth. */
  put(state: State, last: boolean): void {
    if (this.ended) return;
    this.newest = state;
    this.ended = last;
    if (this.waiting.length > 0) this.handOut();
    else this.grown();
  }

  /** Ends it where it is; who waits gets nothing. */
  drop(): void {
    this.ended = true;
    this.newest = this.taken;
    for (const take of this.waiting.splice(0)) take(undefined);
  }

  /** The newest state, as soon as it is newer than the one handed out last. */
  next(): Promise<State | undefined> {
    return this.wait().state;
  }

  /** The same, for who may want it no longer: `withdraw` says whether nobody waits any more because of that. */
  wait(): { state: Promise<State | undefined>; withdraw: () => boolean } {
    if (this.isOver) return { state: Promise.resolve(this.taken), withdraw: () => false };
    let take: (state: State | undefined) => void = () => undefined;
    const state = new Promise<State | undefined>((resolve) => {
      take = resolve;
    });
    this.waiting.push(take);
    if (this.hasNews) this.handOut();
    const withdraw = () => {
      const at = this.waiting.indexOf(take);
      if (at < 0) return false;
      this.waiting.splice(at, 1);
      take(undefined);
      return this.waiting.length === 0;
    };
    return { state, withdraw };
  }

  get hasNews(): boolean {
    return this.newest !== this.taken;
  }

  /** Whether the last state was handed out. */
  get isOver(): boolean {
    return this.ended && !this.hasNews;
  }

  /** Whether a part was handed out and there may be more. */
  get isPartial(): boolean {
    return this.count > 0 && !this.isOver;
  }

  private handOut(): void {
    this.taken = this.newest;
    this.count += 1;
    for (const take of this.waiting.splice(0)) take(this.newest);
  }
}
