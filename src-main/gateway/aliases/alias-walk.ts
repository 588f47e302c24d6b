import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, InferenceRequest } from '../../core/inference.ts';
import { callerScope } from '../caller.ts';
import { isContent } from '../pipeline/meter.ts';
import type { Next, RequestContext } from '../pipeline/pipeline.ts';
import { offeredModel } from '../offered-model.ts';
import type { AliasMember, ModelAlias, ResolvedModel, Scope, UpstreamDirectory } from '../ports.ts';
import { memberScope, resolveMember } from './alias-members.ts';
import { LineLimit } from './line-limit.ts';
import { WalkRecord } from './walk-record.ts';

/** Members of one alias that one request tries. */
const maxTries = 4;
const usualRetryMs = 5000;

interface WalkDeps {
  readonly directory: UpstreamDirectory;
  readonly clock: Clock;
}

/** A member as it stands at the moment that its turn comes. */
interface Hop {
  readonly member: AliasMember;
  /** Undefined: it does not exist for the caller. */
  readonly resolved: ResolvedModel | undefined;
  /** Nothing but cloud providers answers with it. */
  readonly isCloud: boolean;
}

type Askable = Hop & { readonly resolved: ResolvedModel };

/** One request on its way through the members of an alias. */
export class AliasWalk {
  private readonly deps: WalkDeps;
  private readonly alias: ModelAlias;
  private readonly context: RequestContext;
  private readonly next: Next;
  private readonly scope: Scope;
  private readonly record: WalkRecord;
  private readonly failures: MillpondError[] = [];
  private readonly leftInLine: Askable[] = [];
  private tries = 0;
  private isCommitted = false;
  /** A prompt for machines must not go to a cloud unless the alias says so. */
  private isBehindMachine = false;
  private tooShortContext = 0;

  constructor(deps: WalkDeps, alias: ModelAlias, context: RequestContext, next: Next) {
    this.deps = deps;
    this.alias = alias;
    this.context = context;
    this.next = next;
    this.scope = memberScope(alias, callerScope(context.caller));
    this.record = new WalkRecord(alias.name, deps.clock, (decision) => {
      context.onRoute?.(decision);
    });
  }

  async *run(): AsyncGenerator<InferenceChunk, void, undefined> {
    try {
      for (const [index, member] of this.alias.members.entries()) {
        const hop = this.look(member);
        const excluded = this.excluded(hop);
        if (!hop.isCloud) this.isBehindMachine = true;
        if (excluded !== undefined || !isAskable(hop)) {
          this.record.skipped(member.model, hop.isCloud, excluded ?? unknownHere);
          continue;
        }
        const limitMs = this.hasOther(index + 1) ? member.maxQueueMs : undefined;
        if (yield* this.ask(hop, limitMs)) return;
      }
      // Whoever was left for its line alone is still there, and better than nobody.
      const [patient] = this.leftInLine;
      if (patient !== undefined && (yield* this.ask(patient, undefined))) return;
      throw this.failure();
    } finally {
      this.record.close();
    }
  }

  /** Rights and clouds are looked at anew for each hop: both may change while a request waits. */
  private look(member: AliasMember): Hop {
    const { directory } = this.deps;
    const resolved = resolveMember(member, directory, this.scope);
    // Whether it is a cloud's is no matter of the caller's rights.
    const known = resolved ?? resolveMember(member, directory, { ...this.scope, providers: 'own' });
    if (known === undefined) return { member, resolved, isCloud: false };
    const candidates = directory.candidates(this.requestFor(known, 'own'));
    const isCloud = candidates.length > 0 && candidates.every(({ kind }) => kind === 'provider');
    return { member, resolved, isCloud };
  }

  private excluded({ resolved, isCloud }: Hop): string | undefined {
    if (resolved === undefined) return unknownHere;
    if (isCloud && this.isBehindMachine && !this.alias.mayCrossToCloud) {
      return 'it is a cloud model, and this alias does not go on to the cloud';
    }
    if (this.tries >= maxTries) return `${maxTries.toString()} models were tried already`;
    if (this.tooShortContext === 0) return undefined;
    const context = this.contextLengthOf(resolved);
    if (context === undefined || context > this.tooShortContext) return undefined;
    return `its context of ${context.toString()} tokens is too short`;
  }

  /** Whether somebody behind this place of the list could be asked after the one that is asked now. */
  private hasOther(from: number): boolean {
    if (this.tries + 1 >= maxTries) return false;
    return this.alias.members
      .slice(from)
      .some((member) => this.excluded(this.look(member)) === undefined);
  }

  /** True when it answered to the end; false when the next one should be asked. */
  private async *ask(
    hop: Askable,
    limitMs: number | undefined,
  ): AsyncGenerator<InferenceChunk, boolean, undefined> {
    const leave = new AbortController();
    const line = new LineLimit(this.deps.clock, limitMs, () => {
      leave.abort(new MillpondError('overloaded', 'The line was longer than the alias waits'));
    });
    this.tries += 1;
    this.record.asked(hop.member.model, hop.isCloud);
    try {
      for await (const chunk of this.next(this.contextFor(hop, line, leave.signal))) {
        if (chunk.type === 'status') line.note(chunk.status);
        if (line.isExceeded) return this.leftLine(hop);
        if (isContent(chunk)) {
          line.left();
          this.isCommitted = true;
        }
        yield chunk.type === 'head' ? this.withNames(chunk) : chunk;
      }
      this.record.ended('answered');
      return true;
    } catch (thrown) {
      if (line.isExceeded && !this.isCommitted && !this.context.signal.aborted) {
        return this.leftLine(hop);
      }
      this.failed(hop, MillpondError.from(thrown));
      return false;
    } finally {
      line.left();
    }
  }

  private leftLine(hop: Askable): boolean {
    const seconds = ((hop.member.maxQueueMs ?? 0) / 1000).toString();
    this.record.ended('left-line', `The wait there was longer than ${seconds} s`);
    this.leftInLine.push(hop);
    return false;
  }

  /** Notes a failure that another member may not have; throws the others. */
  private failed({ resolved }: Askable, error: MillpondError): void {
    this.record.ended('failed', error.message);
    if (this.isCommitted || this.isOver() || !mayGoOn(error)) throw error;
    this.failures.push(error);
    if (error.code === 'context-overflow') {
      this.tooShortContext = Math.max(this.tooShortContext, this.contextLengthOf(resolved) ?? 0);
    }
  }

  /** The caller left, or nobody waits any more. */
  private isOver(): boolean {
    const { signal, request } = this.context;
    const { deadlineAt = Infinity } = request.envelope;
    return signal.aborted || this.deps.clock.now() >= deadlineAt;
  }

  private contextFor(hop: Askable, line: LineLimit, left: AbortSignal): RequestContext {
    // A model of machines may be gone in a moment, and a cloud's of the same name take its place.
    const mayBeCloud = hop.isCloud || this.alias.mayCrossToCloud;
    const { providers } = this.context.request.envelope;
    return {
      ...this.context,
      request: this.requestFor(hop.resolved, mayBeCloud ? providers : undefined),
      signal: AbortSignal.any([this.context.signal, left]),
      tellsPlainRoutes: true,
      onRoute: (decision) => {
        this.record.routed(decision);
      },
      onPlaced: () => {
        line.left();
        this.context.onPlaced?.();
      },
    };
  }

  private requestFor(
    { id, pin: ownPin }: ResolvedModel,
    providers: Scope['providers'],
  ): InferenceRequest {
    const { request } = this.context;
    const { providers: _callers, pin: wished, ...envelope } = request.envelope;
    const pin = ownPin ?? wished;
    return {
      ...request,
      envelope: {
        ...envelope,
        model: id,
        alias: this.alias.name,
        ...(pin !== undefined && { pin }),
        ...(providers !== undefined && { providers }),
      },
    };
  }

  private withNames(head: Extract<InferenceChunk, { type: 'head' }>): InferenceChunk {
    return {
      ...head,
      headers: {
        ...head.headers,
        'x-millpond-alias': this.alias.name,
        'x-millpond-attempts': Math.max(1, this.record.attemptCount).toString(),
      },
    };
  }

  private contextLengthOf({ id }: ResolvedModel): number | undefined {
    return offeredModel(this.deps.directory, id, this.scope)?.contextLength;
  }

  /** The failure that helps most: one that is over soon goes before one that stays. */
  private failure(): MillpondError {
    const passing = this.failures.findLast(
      ({ httpStatus }) => httpStatus === 429 || httpStatus >= 500,
    );
    const last = passing ?? this.failures.at(-1);
    if (last !== undefined) return last;
    return new MillpondError(
      'unavailable',
      this.alias.mayCrossToCloud
        ? `Nothing can answer with '${this.alias.name}' at the moment`
        : `Nothing can answer with '${this.alias.name}' at the moment, and it does not go on to cloud models`,
      { retryAfterMs: usualRetryMs },
    );
  }
}

const unknownHere = 'it does not exist for this caller';

function isAskable(hop: Hop): hop is Askable {
  return hop.resolved !== undefined;
}

/** Whether another model may do better: it was not the caller's fault, or another one knows the field. */
function mayGoOn(error: MillpondError): boolean {
  if (error.retry !== 'no') return true;
  return error.code === 'forbidden' || error.reason === 'unsupported_parameter';
}
