import type { Clock } from '../../core/clock.ts';

/** One asker's answers of one model on one machine. */
export interface Flow {
  readonly poolId: string;
  readonly caller: string;
  readonly machineId: string;
  readonly modelId: string;
}

export interface FlowRate extends Flow {
  readonly tokensPerSecond: number;
}

const windowMs = 5000;
const bucketMs = 500;
const buckets = windowMs / bucketMs;
export const historyEveryMs = 15_000;
export const historyLength = 60;

/** Generated tokens per second: of the last 5 s by flow, and one figure per 15 s for each pool. */
export class RecentTokens {
  private readonly clock: Clock;
  private readonly flows = new Map<string, Flow>();
  private ring: { readonly slot: number; readonly tokens: Map<string, number> }[] = [];
  private readonly history = new Map<string, number[]>();
  private readonly counting = new Map<string, number>();
  private stopTimer: () => void;

  constructor(clock: Clock) {
    this.clock = clock;
    this.stopTimer = clock.after(historyEveryMs, this.turnPage);
  }

  /** Counts tokens of one flow. On the path of every token: its key is put together only once. */
  counter(flow: Flow): (tokens: number) => void {
    const key = `${flow.poolId}\n${flow.caller}\n${flow.machineId}\n${flow.modelId}`;
    return (tokens) => {
      const bucket = this.bucketNow();
      bucket.set(key, (bucket.get(key) ?? 0) + tokens);
      if (!this.flows.has(key)) this.flows.set(key, flow);
      this.counting.set(flow.poolId, (this.counting.get(flow.poolId) ?? 0) + tokens);
    };
  }

  /** Flows of one pool in which anything came in the last 5 s. */
  rates(poolId: string): FlowRate[] {
    const sums = new Map<string, number>();
    for (const { tokens } of this.inWindow()) {
      for (const [key, count] of tokens) sums.set(key, (sums.get(key) ?? 0) + count);
    }
    return [...sums].flatMap(([key, tokens]) => {
      const flow = this.flows.get(key);
      if (flow?.poolId !== poolId) return [];
      return { ...flow, tokensPerSecond: (tokens * 1000) / windowMs };
    });
  }

  /** Oldest first. */
  historyOf(poolId: string): readonly number[] {
    return this.history.get(poolId) ?? [];
  }

  close(): void {
    this.stopTimer();
  }

  private bucketNow(): Map<string, number> {
    const slot = this.slotNow();
    const newest = this.ring.at(-1);
    if (newest?.slot === slot) return newest.tokens;
    const tokens = new Map<string, number>();
    this.ring.push({ slot, tokens });
    if (this.ring.length > buckets) this.ring.shift();
    return tokens;
  }

  private slotNow(): number {
    return Math.floor(this.clock.monotonic() / bucketMs);
  }

  private inWindow() {
    const oldest = this.slotNow() - buckets;
    this.ring = this.ring.filter(({ slot }) => slot > oldest);
    return this.ring;
  }

  private readonly turnPage = (): void => {
    this.stopTimer = this.clock.after(historyEveryMs, this.turnPage);
    for (const poolId of new Set([...this.history.keys(), ...this.counting.keys()])) {
      const page = this.history.get(poolId) ?? [];
      page.push(((this.counting.get(poolId) ?? 0) * 1000) / historyEveryMs);
      if (page.length > historyLength) page.shift();
      if (page.every((rate) => rate === 0)) this.history.delete(poolId);
      else this.history.set(poolId, page);
    }
    this.counting.clear();
    const live = new Set(this.inWindow().flatMap(({ tokens }) => [...tokens.keys()]));
    for (const key of this.flows.keys()) if (!live.has(key)) this.flows.delete(key);
  };
}
