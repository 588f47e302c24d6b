import type { RouteDecision } from '../../contract/activity.ts';
import { MillpondError } from '../../core/error.ts';
import type {
  InferenceChunk,
  InferenceRequest,
  InferOptions,
  RequestEnvelope,
} from '../../core/inference.ts';
import { everyCapability, offeredModel, silentLogger } from '../../testing/gateway-fixture.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import type { FakeClock } from '../../testing/fake-clock.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import type { ReturningUpstream, Upstream, UpstreamDirectory, UpstreamOffer } from '../ports.ts';
import { createRouter } from './router.ts';
import type { SentAnswer } from './expected-time/ranking.ts';
import type { Router, RouterDeps } from './router.ts';
import type { NamedStrategy } from './strategies.ts';

export const weights = 'a'.repeat(64);

/** What the model behind `weights` says: the same tokens on every machine. */
export function tokenAt(index: number): number {
  return Math.imul(index + 1, 2_654_435_761) >>> 8;
}

/** Changes with every token that is lost, repeated, out of place or of another answer. */
export function checksum(tokens: readonly number[]): number {
  return tokens.reduce((sum, token, index) => (Math.imul(sum, 31) + token * (index + 1)) >>> 0, 7);
}

export interface MachineScript {
  readonly offer?: Partial<UpstreamOffer>;
  readonly upstream?: Partial<Upstream>;
  /** Tokens of a whole answer. */
  readonly length?: number;
  /** Runs before the token at this place of the answer; may throw, or wait. */
  readonly before?: (index: number, call: MachineCall) => unknown;
  /** Runs before anything is said; may throw, or wait. */
  readonly first?: (call: MachineCall) => unknown;
}

export interface MachineCall {
  readonly number: number;
  readonly request: InferenceRequest;
  readonly options: InferOptions;
  generated: number;
  isOver: boolean;
}

export interface Machine {
  readonly upstream: Upstream;
  readonly calls: MachineCall[];
  /** Answers under way, now and at most. */
  running: number;
  mostRunning: number;
  readonly set: (offer: Partial<UpstreamOffer>) => void;
}

const usualOffer: UpstreamOffer = {
  digest: weights,
  contextLength: 8192,
  capabilities: everyCapability,
  state: { phase: 'ready' },
  slots: 1,
  busySlots: 0,
  waiting: 0,
  slotContents: [],
  penalties: [],
};

/** A machine of a pool that answers as its script says, and goes on exactly where it is asked to. */
export function machine(id: string, script: MachineScript = {}): Machine {
  let offer: UpstreamOffer = { ...usualOffer, ...script.offer };
  const self: Machine = {
    calls: [],
    running: 0,
    mostRunning: 0,
    set: (change) => {
      offer = { ...offer, ...change };
    },
    upstream: {
      id,
      kind: 'node',
      machine: `${id} machine`,
      poolId: 'pool',
      trust: 'trusted',
      get offer() {
        return offer;
      },
      backend: { infer: (request, options) => answer(self, script, request, options) },
      ...script.upstream,
    },
  };
  return self;
}

async function* answer(
  self: Machine,
  script: MachineScript,
  request: InferenceRequest,
  options: InferOptions,
): AsyncGenerator<InferenceChunk, void, undefined> {
  const call = { number: self.calls.length, request, options, generated: 0, isOver: false };
  self.calls.push(call);
  self.running += 1;
  self.mostRunning = Math.max(self.mostRunning, self.running);
  try {
    await script.first?.(call);
    const servedBy = { upstream: 'engine', machine: 'as it says', model: 'guide', digest: weights };
    yield { type: 'head', servedBy, headers: { 'x-secret': 'no' } };
    const { input } = request;
    const delivered = 'continuation' in input ? deliveredOf(input.continuation) : [];
    const length = script.length ?? 20;
    for (let index = delivered.length; index < length; index += 1) {
      await script.before?.(index, call);
      options.signal.throwIfAborted();
      call.generated += 1;
      yield {
        type: 'text',
        text: `${tokenAt(index).toString()} `,
        tokens: [tokenAt(index)],
        usage: usageOf(call.generated),
      };
    }
    const timings = { queuedMs: 0, loadMs: 0, prefillMs: 1, firstTokenMs: 2, decodeMs: 3 };
    yield { type: 'finish', reason: 'stop', usage: usageOf(call.generated), timings };
  } finally {
    self.running -= 1;
    call.isOver = true;
  }
}

function usageOf(completionTokens: number) {
  return { promptTokens: 11, cachedTokens: 4, completionTokens, reasoningTokens: 0 };
}

/** Refuses a continuation that is not the beginning of its own answer. */
function deliveredOf(continuation: unknown): readonly number[] {
  const isTokens =
    typeof continuation === 'object' && continuation !== null && 'tokens' in continuation;
  if (!isTokens || !Array.isArray(continuation.tokens)) return [];
  const tokens: number[] = continuation.tokens.map(Number);
  if (tokens.some((token, index) => token !== tokenAt(index))) {
    throw new MillpondError('internal', 'the seam is not exact');
  }
  return tokens;
}

export function lost(): MillpondError {
  return new MillpondError('unavailable', 'The machine was lost', { reason: 'node-lost' });
}

/** An answer of 40 tokens whose machine is lost before the one at `index`, in the first `times` of them. */
export function losesAt(index: number, error = lost, times = 1): MachineScript {
  return {
    length: 40,
    before: (at, call) => {
      if (at === index && call.number < times) throw error();
    },
  };
}

/** Those with the most room first, equals in the order they come. */
export const leastBusyFirst: NamedStrategy = {
  name: 'least-busy',
  rank(request, candidates, inFlight) {
    const busyness = ({ id, offer }: Upstream): number => {
      if (offer === undefined) return 0;
      const { slots = Infinity, busySlots, digest = request.envelope.model } = offer;
      return Math.max(busySlots, inFlight(id, digest).answers) / slots;
    };
    return candidates
      .toSorted((a, b) => busyness(a) - busyness(b))
      .map((upstream) => ({ upstream, isSticky: false }));
  },
};

/** For routers whose answers nobody measures. */
export const unmeasured: SentAnswer = { firstToken: () => {}, ended: () => {} };

export interface RouterFixture {
  readonly router: Router;
  readonly clock: FakeClock;
  readonly failures: string[];
  readonly decisions: RouteDecision[];
  /** Says that something about the machines has changed. */
  readonly changed: () => void;
  readonly request: (envelope?: Partial<RequestEnvelope>) => InferenceRequest;
  /** Asks and collects everything. */
  readonly ask: (
    envelope?: Partial<RequestEnvelope>,
    signal?: AbortSignal,
  ) => Promise<InferenceChunk[]>;
}

export function routerOver(
  machines: readonly Machine[],
  {
    returning = () => [],
    ...deps
  }: Partial<Omit<RouterDeps, 'clock'>> & {
    readonly clock?: FakeClock;
    readonly returning?: () => readonly ReturningUpstream[];
  } = {},
): RouterFixture {
  const clock = deps.clock ?? createFakeClock();
  const listeners = new Set<() => void>();
  const failures: string[] = [];
  const decisions: RouteDecision[] = [];
  const directory: UpstreamDirectory = {
    models: () => [offeredModel('guide')],
    resolve: (name) => (name === 'guide' ? { id: 'guide' } : undefined),
    candidates: () => machines.map(({ upstream }) => upstream),
    returning,
    onChanged: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const router = createRouter({
    directory,
    logger: silentLogger,
    onUpstreamFailed: (id, code) => failures.push(`${id}: ${code}`),
    strategyOf: () => leastBusyFirst,
    sent: () => unmeasured,
    ...deps,
    clock,
  });
  const request = (envelope: Partial<RequestEnvelope> = {}): InferenceRequest =>
    chatRequest('hi', { envelope: { privacy: 'trusted', pools: ['pool'], ...envelope } });
  return {
    router,
    clock,
    failures,
    decisions,
    request,
    changed: () => {
      for (const listener of listeners) listener();
    },
    ask: (envelope, signal = new AbortController().signal) =>
      Array.fromAsync(
        router.infer(request(envelope), { signal, onRoute: (route) => decisions.push(route) }),
      ),
  };
}

export function tokensOf(chunks: readonly InferenceChunk[]): number[] {
  return chunks.flatMap((chunk) => (chunk.type === 'text' ? (chunk.tokens ?? []) : []));
}

export function statusesOf(chunks: readonly InferenceChunk[]) {
  return chunks.flatMap((chunk) => (chunk.type === 'status' ? [chunk.status] : []));
}

/** What the whole answer of `length` tokens is. */
export function wholeAnswer(length: number): number[] {
  return Array.from({ length }, (_, index) => tokenAt(index));
}
