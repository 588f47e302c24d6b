import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { KeyState } from './ports.ts';

/** A key in use. */
export interface RingKey {
  readonly id: string;
  readonly secret: string;
  readonly shown: string;
  readonly createdAt: number;
  readonly state: KeyState;
}

const ready: KeyState = { phase: 'ready' };

interface RingDeps {
  readonly clock: Pick<Clock, 'now'>;
  /** Another state than before, to be kept and told. */
  readonly onChanged: (key: RingKey) => void;
}

/** The keys of one provider in rotation, each with a state of its own. */
export class ProviderKeyRing {
  private readonly deps: RingDeps;
  private keys: readonly RingKey[] = [];
  private turn = 0;

  constructor(deps: RingDeps) {
    this.deps = deps;
  }

  get isEmpty(): boolean {
    return this.keys.length === 0;
  }

  /** Some key may be used, or none is needed. */
  get isOpen(): boolean {
    return this.isEmpty || this.keys.some((key) => this.stateOf(key).phase === 'ready');
  }

  list(): readonly RingKey[] {
    return this.keys.map((key) => ({ ...key, state: this.stateOf(key) }));
  }

  add(key: RingKey): void {
    this.keys = [...this.keys, key];
  }

  remove(id: string): void {
    this.keys = this.keys.filter((key) => key.id !== id);
  }

  /** The next one that may be used and was not tried yet. */
  take(tried: ReadonlySet<string>): RingKey | undefined {
    for (let step = 0; step < this.keys.length; step += 1) {
      const at = (this.turn + step) % this.keys.length;
      const key = this.keys[at];
      if (key === undefined || tried.has(key.id) || this.stateOf(key).phase !== 'ready') continue;
      this.turn = (at + 1) % this.keys.length;
      return key;
    }
    return undefined;
  }

  /** A key for small questions: costs nobody's turn, and a resting one is better than none. */
  any(): RingKey | undefined {
    const isReady = (key: RingKey): boolean => this.stateOf(key).phase === 'ready';
    const isKnown = (key: RingKey): boolean => this.stateOf(key).phase !== 'refused';
    return this.keys.find(isReady) ?? this.keys.find(isKnown) ?? this.keys[0];
  }

  /** An answer came: a rest that was over is forgotten for good. A spent key is not revived by this. */
  worked(id: string): void {
    const key = this.keys.find((each) => each.id === id);
    if (key === undefined || key.state.phase === 'ready') return;
    if (this.stateOf(key).phase === 'ready') this.enter(key, ready);
  }

  rest(id: string, state: KeyState): void {
    const key = this.keys.find((each) => each.id === id);
    if (key === undefined) return;
    const known = this.stateOf(key);
    // A refusal that was under way says nothing against a longer rest.
    if (known.phase !== 'ready' && state.phase !== 'ready' && known.until >= state.until) return;
    this.enter(key, state);
  }

  /** Lets all of them try again. */
  wake(): void {
    for (const key of this.keys) if (key.state.phase !== 'ready') this.enter(key, ready);
  }

  /** Why nothing can be sent, and when that may change. */
  allRest(provider: string): MillpondError {
    const now = this.deps.clock.now();
    const states = this.keys.map((key) => this.stateOf(key));
    const rests = states.flatMap((state) => (state.phase === 'ready' ? [] : [state]));
    const until = Math.min(...rests.map((rest) => rest.until));
    const retryAfterMs = Number.isFinite(until) ? Math.max(1000, until - now) : 1000;
    return new MillpondError('overloaded', `${provider} ${sentenceFor(rests)}`, {
      retryAfterMs,
      reason: 'provider-keys',
    });
  }

  private stateOf({ state }: RingKey): KeyState {
    if (state.phase === 'ready') return ready;
    const now = this.deps.clock.now();
    // A rest that begins later than now was noted by a clock that was wrong.
    return state.until <= now || state.since > now ? ready : state;
  }

  private enter(key: RingKey, state: KeyState): void {
    const changed = { ...key, state };
    this.keys = this.keys.map((each) => (each.id === key.id ? changed : each));
    this.deps.onChanged(changed);
  }
}

function sentenceFor(rests: readonly KeyState[]): string {
  const phases = new Set(rests.map(({ phase }) => phase));
  if (phases.has('cooling')) return 'takes no more requests with its keys for now; try again later';
  if (phases.has('exhausted')) {
    return 'has no key with quota or credit left; top one up, or add another key';
  }
  return 'refuses all of its keys; its owner has to give a new one';
}
