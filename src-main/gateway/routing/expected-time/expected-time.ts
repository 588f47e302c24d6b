import type { Clock } from '../../../core/clock.ts';
import type { InferenceRequest } from '../../../core/inference.ts';
import type { Upstream } from '../../ports.ts';
import { AnswerOnItsWay } from './answer-on-its-way.ts';
import { BoundedMap } from './bounded-map.ts';
import { Estimate } from './estimate.ts';
import type { Question, Running } from './estimate.ts';
import { EstimateSheet } from './estimate-sheet.ts';
import { Expectations } from './expectations.ts';
import { ModelState } from './model-state.ts';
import type { MachineState } from './model-state.ts';
import { homeOf, orderOf } from './order.ts';
import { modelKeyOf } from './ranking.ts';
import type {
  ExpectedParts,
  ExpectedTime,
  ExpectedTimeDeps,
  InFlightOf,
  RankedUpstream,
  SentAnswer,
} from './ranking.ts';
import { RateBook } from './rate-book.ts';
import { hashText, liking } from './rendezvous.ts';
import { isTrial, trialOf } from './trial.ts';

/** Models that something is remembered of; the one unused for longest is forgotten. */
const maxModels = 1024;
/** Conversations whose last machine is remembered. */
const maxConversations = 10_000;

/**
 * Ranks upstreams by the time that an answer there is expected to take, prompt by prompt: loading,
 * waiting for a slot, reading what of the prompt is not there yet, writing, and the way. What machines
 * report of their slots is believed as far as it proved right; rates are our own measurements.
 */
export function createExpectedTime({ clock, seed = 0 }: ExpectedTimeDeps): ExpectedTime {
  return new ExpectedTimeRanking(clock, seed);
}

class ExpectedTimeRanking implements ExpectedTime {
  readonly rates = new RateBook();
  private readonly clock: Clock;
  private readonly seed: number;
  private readonly expectations = new Expectations();
  private readonly models = new BoundedMap<string, ModelState>(maxModels);
  private readonly homes = new BoundedMap<string, string>(maxConversations);

  constructor(clock: Clock, seed: number) {
    this.clock = clock;
    this.seed = seed;
  }

  rank(
    request: InferenceRequest,
    candidates: readonly Upstream[],
    inFlight: InFlightOf,
  ): readonly RankedUpstream[] {
    const modelKey = modelKeyOf(request.envelope);
    const { machines, question } = this.ask(request, candidates);
    const sheet = new EstimateSheet(candidates.length);
    const estimate = new Estimate(question);
    candidates.forEach(({ id, offer }, row) => {
      const machine = machines[row];
      if (machine) sheet.write(row, estimate.of(machine, offer, inFlight(id, modelKey)));
    });
    const tieHash = hashText(tieKeyOf(request));
    const order = orderOf(sheet, (row) => liking(tieHash, machines[row]?.idHash ?? 0));
    const home =
      this.strictHome(request, candidates) ?? homeOf(sheet, order, question.promptTokens);
    const { affinity, requestId } = request.envelope;
    const trial =
      affinity === undefined && isTrial(requestId, this.seed)
        ? trialOf(sheet, order, (row) => machines[row]?.measured !== undefined)
        : undefined;
    return ranked(candidates, sheet, { order, first: trial ?? home, home });
  }

  sent(request: InferenceRequest, { upstream }: RankedUpstream): SentAnswer {
    const { envelope } = request;
    const modelKey = modelKeyOf(envelope);
    const { machines, model, question } = this.ask(request, [upstream]);
    const state = machines[0] ?? model.machine(upstream, question.now);
    const answers = state.slots.held.filter(({ occupant }) => occupant !== undefined).length;
    const estimate = new Estimate(question);
    const { place } = estimate.of(state, upstream.offer, { answers, waiting: 0 });
    const cachedTokens = Math.floor(estimate.cachedTokens);
    const running: Running = {
      marks: envelope.marks,
      promptTokens: question.promptTokens,
      freshTokens: question.promptTokens - cachedTokens,
      outputTokens: question.outputTokens,
      sentAt: question.now,
      isContinued: model.returns.asked(envelope.marks, question.now),
      firstTokenAt: undefined,
    };
    const isFree = place?.occupant === undefined;
    model.held.occupy(state.slots, isFree ? place : undefined, running, question.now);
    if (envelope.affinity) this.homes.set(homeKeyOf(request), upstream.id);
    return new AnswerOnItsWay(request, running, {
      ...{ clock: this.clock, rates: this.rates, expectations: this.expectations },
      ...{ model, machine: state, modelKey, cachedTokens },
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
    const machines = candidates.map((upstream) => model.machine(upstream, now));
    const number = model.held.ask(request.envelope.marks);
    const { returns } = model;
    const question = { ...this.expectations.of(request), now, number, returns };
    return { machines, model, question };
  }

  /** The row of the machine that had this conversation last, where the caller insists on it. */
  private strictHome(
    request: InferenceRequest,
    candidates: readonly Upstream[],
  ): number | undefined {
    if (request.envelope.affinity?.isStrict !== true) return undefined;
    const home = this.homes.get(homeKeyOf(request));
    const row = candidates.findIndex(({ id }) => id === home);
    return row < 0 ? undefined : row;
  }

  private model(key: string): ModelState {
    const model = this.models.get(key) ?? new ModelState((id) => this.rates.of(id, key));
    this.models.set(key, model);
    return model;
  }
}

interface Asked {
  /** In the order of the candidates. */
  readonly machines: readonly MachineState[];
  readonly model: ModelState;
  readonly question: Question;
}

/** A candidate with its row of the sheet. */
class RankedCandidate implements RankedUpstream {
  readonly upstream: Upstream;
  readonly isSticky: boolean;
  private readonly sheet: EstimateSheet;
  private readonly row: number;

  constructor(upstream: Upstream, sheet: EstimateSheet, row: number, isSticky: boolean) {
    this.upstream = upstream;
    this.isSticky = isSticky;
    this.sheet = sheet;
    this.row = row;
  }

  get expected(): ExpectedParts {
    return this.sheet.parts(this.row);
  }
}

interface Order {
  readonly order: Uint32Array;
  /** The row that goes before all others; undefined when that is the cheapest. */
  readonly first: number | undefined;
  /** The row that has the conversation, where that is not the cheapest. */
  readonly home: number | undefined;
}

function ranked(
  candidates: readonly Upstream[],
  sheet: EstimateSheet,
  { first, home, order }: Order,
): readonly RankedUpstream[] {
  const sorted: RankedUpstream[] = [];
  const add = (row: number): void => {
    const upstream = candidates[row];
    if (upstream)
      sorted.push(new RankedCandidate(upstream, sheet, row, row === home && row === first));
  };
  if (first !== undefined) add(first);
  order.forEach((row) => {
    if (row !== first) add(row);
  });
  return sorted;
}

/** What decides between machines that are equal: the same for the turns of one conversation. */
function tieKeyOf({ envelope }: InferenceRequest): string {
  return envelope.affinity?.key ?? envelope.marks[0] ?? envelope.caller;
}

function homeKeyOf({ envelope }: InferenceRequest): string {
  return `${envelope.tenant}\n${envelope.caller}\n${envelope.affinity?.key ?? ''}`;
}
