import { promptMarks } from '../../src-main/core/fingerprint.ts';
import type { InferenceBackend, InferenceRequest } from '../../src-main/core/inference.ts';
import type { AdvertisedState, SlotContents } from '../../src-main/core/node.ts';
import { createExpectedTime } from '../../src-main/gateway/routing/expected-time/expected-time.ts';
import type {
  ExpectedTime,
  RankedUpstream,
  SentAnswer,
} from '../../src-main/gateway/routing/expected-time/ranking.ts';
import type { Upstream, UpstreamOffer } from '../../src-main/gateway/ports.ts';
import type { Job } from './job.ts';
import type { Choice, Moment, NodeView, Policy } from './policy.ts';
import type { Random } from './random.ts';
import type { HeldPrompt, RunFigures } from './sim-node.ts';

const digest = 'd'.repeat(64);
const tenant = 'pool';
/** What a machine advertises of itself is off by this factor, one way or the other. */
const boast = 1.3;

/** Never called: the simulation answers. */
const nobody: InferenceBackend = {
  infer() {
    throw new Error('a simulated machine answers through the simulation');
  },
};

/** Our own routing, the very code that the gateway runs, on the clock of the simulation. */
export function createExpectedTimePolicy(random: Random): Policy {
  return new ExpectedTimePolicy(random.whole(0, 2 ** 32 - 1));
}

class ExpectedTimePolicy implements Policy {
  readonly name = 'expected time';
  private at = 0;
  private readonly routing: ExpectedTime;
  private readonly upstreams = new Map<string, SimUpstream>();
  private readonly requests = new Map<Job, InferenceRequest>();
  private readonly rankings = new Map<Job, RankedUpstream>();
  private readonly answers = new Map<Job, SentAnswer>();
  /** Requests of this walk along the line that stay in it, by the machine they stay for. */
  private readonly claims = new Map<string, number>();

  constructor(seed: number) {
    this.routing = createExpectedTime({
      seed,
      clock: {
        now: () => this.at,
        monotonic: () => this.at,
        sleep: () => Promise.reject(new Error('nobody sleeps in a simulation')),
        after: () => () => {},
      },
    });
  }

  choose(job: Job, nodes: readonly NodeView[], { at, position }: Moment): Choice | undefined {
    this.at = at;
    if (position === 0) this.claims.clear();
    const views = new Map(nodes.map((node) => [node.spec.id, node]));
    const candidates = nodes.map((node) => this.upstream(node).at(at));
    const [first] = this.routing.rank(this.request(job), candidates, (id) => ({
      answers: views.get(id)?.inFlight ?? 0,
      waiting: this.claims.get(id) ?? 0,
    }));
    const node = first && views.get(first.upstream.id);
    if (first === undefined || node === undefined) return undefined;
    if (node.inFlight >= node.spec.slots) {
      this.claims.set(node.spec.id, (this.claims.get(node.spec.id) ?? 0) + 1);
      return undefined;
    }
    this.rankings.set(job, first);
    const slot = first.expected?.slot;
    return { node, ...(slot !== undefined && { slot }) };
  }

  sent(job: Job, _: Choice, at: number): void {
    this.at = at;
    const ranked = this.rankings.get(job);
    if (ranked === undefined) return;
    this.rankings.delete(job);
    this.answers.set(job, this.routing.sent(this.request(job), ranked));
  }

  firstToken(job: Job, at: number): void {
    this.at = at;
    this.answers.get(job)?.firstToken();
  }

  ended(job: Job, figures: RunFigures | undefined, at: number): void {
    this.at = at;
    this.answers.get(job)?.ended(figures && answerFigures(job, figures));
    this.answers.delete(job);
    if (figures !== undefined) this.requests.delete(job);
  }

  reported(node: NodeView, contents: readonly HeldPrompt[]): void {
    this.upstream(node).report(contents, (job) => this.request(job).envelope.marks);
  }

  gone({ spec }: NodeView): void {
    this.routing.gone(spec.id);
    this.upstreams.delete(spec.id);
  }

  private upstream(node: NodeView): SimUpstream {
    const upstream = this.upstreams.get(node.spec.id) ?? new SimUpstream(node);
    this.upstreams.set(node.spec.id, upstream);
    return upstream;
  }

  private request(job: Job): InferenceRequest {
    const request = this.requests.get(job) ?? requestOf(job);
    this.requests.set(job, request);
    return request;
  }
}

/** A simulated machine as the gateway's directory would offer it. */
class SimUpstream {
  private readonly node: NodeView;
  private slotContents: readonly SlotContents[] = [];

  constructor(node: NodeView) {
    this.node = node;
  }

  at(now: number): Upstream {
    const { node, spec } = this.node;
    const isHigh = spec.id.charCodeAt(spec.id.length - 1) % 2 === 0;
    const factor = isHigh ? boast : 1 / boast;
    const offer: UpstreamOffer = {
      ...{ digest, state: stateOf(node.loadedShare(now), node.isWoken) },
      ...{ slots: spec.slots, busySlots: node.busy, waiting: 0, slotContents: this.slotContents },
      rates: {
        prefillPerSecond: spec.prefillPerSecond * factor,
        decodePerSecond: spec.decodePerSecond * factor,
      },
      ...{ loadMs: spec.loadMs, roundTripMs: spec.roundTripMs, penalties: [] },
    };
    return { id: spec.id, kind: 'node', backend: nobody, offer };
  }

  report(contents: readonly HeldPrompt[], marksOf: (job: Job) => readonly string[]): void {
    const before = this.slotContents;
    this.slotContents = contents.map(({ heldTokens, job, slot }) => {
      const marks = job === undefined ? [] : marksOf(job);
      const known = before.find((each) => each.slot === slot);
      const isSame = known?.marks === marks && known.heldTokens === heldTokens;
      return isSame ? known : { modelId: 'model', slot, marks, heldTokens };
    });
  }
}

function stateOf(share: number, isWoken: boolean): AdvertisedState {
  if (share >= 1) return { phase: 'ready' };
  return isWoken ? { phase: 'loading', share } : { phase: 'installed' };
}

function requestOf({ conversation, index, prompt }: Job): InferenceRequest {
  const input = {
    ...{ task: 'chat' as const, messages: prompt.map(({ message }) => message), tools: [] },
    ...{ toolChoice: 'auto' as const, parallelToolCalls: true, format: { type: 'text' as const } },
    ...{ reasoning: 'auto' as const, sampling: {}, stop: [], choices: 1 },
  };
  const marks = promptMarks(input, { digest, tenant });
  return {
    envelope: {
      ...{ requestId: String(index), model: 'model', digest, tenant, marks },
      ...{ caller: conversation.caller, priority: 5, privacy: 'any' },
    },
    input,
  };
}

function answerFigures(job: Job, figures: RunFigures): Parameters<SentAnswer['ended']>[0] {
  const { cachedTokens, decodeMs, loadMs, prefillMs, queuedMs } = figures;
  return {
    usage: {
      ...{ promptTokens: job.promptTokens, cachedTokens },
      ...{ completionTokens: job.answer.tokens, reasoningTokens: 0 },
    },
    timings: { queuedMs, loadMs, prefillMs, firstTokenMs: prefillMs, decodeMs },
  };
}
