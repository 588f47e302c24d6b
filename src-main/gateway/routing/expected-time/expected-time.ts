import type { Clock } from '../../../core/clock.ts';
import type { InferenceRequest } from '../../../core/inference.ts';
import type { SlotContents } from '../../../core/node.ts';
import type { Upstream } from '../../ports.ts';
import { AnswerOnItsWay } from './answer-on-its-way.ts';
import { BoundedMap } from './bounded-map.ts';
import { estimate, unknownRates } from './estimate.ts';
import type { Estimate, Question, Running } from './estimate.ts';
import { Expectations } from './expectations.ts';
import { ModelState } from './model-state.ts';
import type { MachineState } from './model-state.ts';
import { byCost, costOf, homeOf } from './order.ts';
import type { Candidate } from './order.ts';
import { modelKeyOf } from './ranking.ts';
import type {
  ExpectedTime,
  ExpectedTimeDeps,
  InFlight,
  InFlightOf,
  RankedUpstream,
  SentAnswer,
} from './ranking.ts';
import { RateBook } from './rate-book.ts';
import { hashText } from './rendezvous.ts';

/** Models that something is remembered of; the one unused for longest is forgotten. */
const maxModels = 1024;
/** Conversations whose last machine is remembered. */
const maxConversations = 10_000;
const nothingHeld: readonly SlotContents[] = [];

/**
 * Ranks upstreams by the time that an answer there is expected to take, prompt by prompt: loading,
 * waiting for a slot, reading what of the prompt is not there yet, writing, and the way. What machines
 * report of their slots is believed as far as it proved right; rates are our own measurements.
 */
export function createExpectedTime({ clock }: ExpectedTimeDeps): ExpectedTime {
  return new ExpectedTimeRanking(clock);
}

class ExpectedTimeRanking implements ExpectedTime {
  readonly rates = new RateBook();
  private readonly clock: Clock;
  private readonly expectations = new Expectations();
  private readonly models = new BoundedMap<string, ModelState>(maxModels);
  private readonly homes = new BoundedMap<string, string>(maxConversations);

  constructor(clock: Clock) {
    this.clock = clock;
  }

  rank(
    request: InferenceRequest,
    candidates: readonly Upstream[],
    inFlight: InFlightOf,
  ): readonly RankedUpstream[] {
    const modelKey = modelKeyOf(request.envelope);
    const asked = this.ask(request, candidates);
    const sorted = asked.machines
      .map(({ upstream, state }): Candidate => {
        const sent = inFlight(upstream.id, modelKey);
        const { expected } = this.estimate(asked.question, upstream, { state, sent, modelKey });
        return { upstream, expected, hash: state.idHash, cost: costOf(expected) };
      })
      .sort(byCost(hashText(tieKeyOf(request))));
    const home = this.strictHome(request, sorted) ?? homeOf(sorted, asked.question.promptTokens);
    const ordered = home === undefined ? sorted : [home, ...sorted.filter((it) => it !== home)];
    return ordered.map((it) => {
      return { upstream: it.upstream, expected: it.expected, isSticky: it === home };
    });
  }

  sent(request: InferenceRequest, { upstream }: RankedUpstream): SentAnswer {
    const { envelope } = request;
    const modelKey = modelKeyOf(envelope);
    const { machines, model, question } = this.ask(request, [upstream]);
    const state = machines[0]?.state ?? model.machine(upstream.id, nothingHeld, question.now);
    const answers = state.slots.held.filter(({ occupant }) => occupant !== undefined).length;
    const sent = { answers, waiting: 0 };
    const { expected, place } = this.estimate(question, upstream, { state, sent, modelKey });
    const running: Running = {
      marks: envelope.marks,
      promptTokens: question.promptTokens,
      freshTokens: question.promptTokens - expected.cachedTokens,
      outputTokens: question.outputTokens,
      sentAt: question.now,
      isContinued: model.returns.asked(envelope.marks),
      firstTokenAt: undefined,
    };
    const isFree = place?.occupant === undefined;
    model.held.occupy(state.slots, isFree ? place : undefined, running, question.now);
    if (envelope.affinity) this.homes.set(homeKeyOf(request), upstream.id);
    return new AnswerOnItsWay(request, running, {
      ...{ clock: this.clock, rates: this.rates, expectations: this.expectations },
      ...{ model, machine: state, modelKey, cachedTokens: expected.cachedTokens },
      roundTripMs: upstream.offer?.roundTripMs ?? 0,
    });
  }

  gone(upstreamId: string): void {
    for (const model of this.models.values()) model.forget(upstreamId);
  }

  /** Reads what the candidates newly report, then finds out who has this prompt's beginning. */
  private ask(request: InferenceRequest, candidates: readonly Upstream[]): Asked {
    const now = this.clock.monotonic();
    const model = this.model(modelKeyOf(request.envelope));
    const machines = candidates.map((upstream) => {
      const report = upstream.offer?.slotContents ?? nothingHeld;
      return { upstream, state: model.machine(upstream.id, report, now) };
    });
    const number = model.held.ask(request.envelope.marks);
    const { returns } = model;
    const question = { ...this.expectations.of(request), now, number, returns };
    return { machines, model, question };
  }

  private estimate(
    question: Question,
    { id, offer }: Upstream,
    { modelKey, sent, state }: Standing,
  ): Estimate {
    return estimate(question, {
      slots: state.slots,
      offer,
      rates: this.rates.of(id, modelKey) ?? offer?.rates ?? unknownRates,
      inFlight: sent,
      recentAnswers: state.recentAnswers(question.now),
      reliance: Math.min(1, state.reliance.value ?? 1),
    });
  }

  /** The machine that had this conversation last, where the caller insists on it. */
  private strictHome(
    request: InferenceRequest,
    candidates: readonly Candidate[],
  ): Candidate | undefined {
    if (request.envelope.affinity?.isStrict !== true) return undefined;
    const id = this.homes.get(homeKeyOf(request));
    return candidates.find(({ upstream }) => upstream.id === id);
  }

  private model(key: string): ModelState {
    const model = this.models.get(key) ?? new ModelState();
    this.models.set(key, model);
    return model;
  }
}

interface Asked {
  readonly machines: readonly { readonly upstream: Upstream; readonly state: MachineState }[];
  readonly model: ModelState;
  readonly question: Question;
}

interface Standing {
  readonly state: MachineState;
  readonly sent: InFlight;
  readonly modelKey: string;
}

/** What decides between machines that are equal: the same for the turns of one conversation. */
function tieKeyOf({ envelope }: InferenceRequest): string {
  return envelope.affinity?.key ?? envelope.marks[0] ?? envelope.caller;
}

function homeKeyOf({ envelope }: InferenceRequest): string {
  return `${envelope.tenant}\n${envelope.caller}\n${envelope.affinity?.key ?? ''}`;
}
