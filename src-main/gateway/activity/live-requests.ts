import type { RequestRecord, RouteDecision } from '../../contract/activity.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { AnswerStatus, InferenceChunk } from '../../core/inference.ts';
import type { TokenUsage } from '../../core/usage.ts';
import { callerLabel, callerScope } from '../caller.ts';
import type { Caller } from '../caller.ts';
import type { RequestContext } from '../pipeline/pipeline.ts';
import type { RequestMeasures } from '../metrics.ts';
import type { Scope } from '../ports.ts';

/** One running request as the trace stage drives it. */
export interface LiveRequest {
  /** Aborted when the caller leaves or the owner ends the request. */
  readonly signal: AbortSignal;
  observe(chunk: InferenceChunk): void;
  /** Notes why it is answered where it is. */
  routed(decision: RouteDecision): void;
  succeed(): void;
  /** Notes the failure and returns it normalised, to be thrown on. */
  fail(thrown: unknown): MillpondError;
  /** Settles. A request that neither succeeded nor failed was left by its caller. */
  end(): void;
}

/** A request that was wrong before any model was asked. */
export interface RefusedRequest {
  readonly requestId: string;
  readonly caller: Caller;
  readonly client: string;
  readonly task: string;
  readonly path: string;
  /** As far as it could be read. */
  readonly model: string;
  readonly error: MillpondError;
}

export interface RunningAsk {
  readonly record: RequestRecord;
  readonly caller: Caller;
}

/** Every request that is being answered now. */
export interface LiveRequests {
  begin(context: RequestContext): LiveRequest;
  /** Records a request that never began, so that its sender finds it in Activity. */
  readonly refuse: (request: RefusedRequest) => void;
  running(): readonly RequestRecord[];
  /** The same, with who asks. */
  asks(): readonly RunningAsk[];
  /** Ends one request; false when no such request runs. */
  cancel(id: string): boolean;
  /** Admits nobody any more. Resolves once the last running request has ended. */
  drain(): Promise<void>;
  /** Ends every running request, telling its caller why. */
  endAll(reason: MillpondError): void;
}

interface LiveRequestsDeps {
  readonly clock: Clock;
  /** True when the model answers without loading first, on a machine in scope. */
  readonly isReady: (model: string, scope: Scope) => boolean;
  /** State changed, or about once a second while tokens come. */
  readonly onChanged: (record: RequestRecord) => void;
  readonly onEnded: (record: RequestRecord, caller: Caller, measures: RequestMeasures) => void;
  /** What a request that ended cost. Nothing is said about it if absent. */
  readonly settle?: (record: RequestRecord) => SettledCost;
}

/** What became of a request in money, in millionths of a US dollar. */
export type SettledCost = Pick<RequestRecord, 'costMicros' | 'isUnpriced' | 'creditMicros'>;

const progressEveryMs = 1000;
const okStatus = 200;
/** A name that no model has is the caller's own text. */
const maxShownName = 200;

export function createLiveRequests(deps: LiveRequestsDeps): LiveRequests {
  const live = new Map<string, TrackedRequest>();
  let isDraining = false;
  let becameIdle: () => void = () => {};

  const forget = (id: string): void => {
    live.delete(id);
    if (live.size === 0) becameIdle();
  };

  return {
    begin(context) {
      if (isDraining) throw new MillpondError('unavailable', 'Millpond is stopping');
      const request = new TrackedRequest(context, deps, forget);
      live.set(request.id, request);
      return request;
    },
    refuse(request) {
      const record = refusedRecord(request, deps.clock.now());
      deps.onChanged(record);
      deps.onEnded(record, request.caller, {});
    },
    asks: () => [...live.values()].map(({ record, caller }) => ({ record, caller })),
    running: () => [...live.values()].map((request) => request.record),
    cancel(id) {
      const request = live.get(id);
      request?.cancel(
        new MillpondError('cancelled', 'The owner of this machine ended the request'),
      );
      return request !== undefined;
    },
    drain() {
      isDraining = true;
      if (live.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        becameIdle = resolve;
      });
    },
    endAll(reason) {
      for (const request of live.values()) request.cancel(reason);
    },
  };
}

function refusedRecord(request: RefusedRequest, now: number): RequestRecord {
  const { requestId, caller, model, error, ...shown } = request;
  return {
    ...shown,
    id: requestId,
    startedAt: now,
    caller: callerLabel(caller),
    model: model.slice(0, maxShownName),
    streamed: false,
    state: 'failed',
    ...whoseRequest(caller),
    costMicros: 0,
    status: error.httpStatus,
    durationMs: 0,
    error: error.toBody(),
  };
}

type Whose = Pick<RequestRecord, 'personId' | 'poolId' | 'keyId' | 'tags'>;

function whoseRequest(caller: Caller): Whose {
  const { personId, poolId, tags = [] } = caller;
  return {
    personId,
    ...(poolId !== undefined && { poolId }),
    ...(caller.kind === 'key' && { keyId: caller.keyId }),
    ...(tags.length > 0 && { tags: [...tags] }),
  };
}

class TrackedRequest implements LiveRequest {
  readonly id: string;
  readonly caller: Caller;
  /** Without the newest usage: each token brings one, and a record has many fields. */
  private told: RequestRecord;
  private usage: TokenUsage | undefined;
  private readonly deps: LiveRequestsDeps;
  private readonly forget: (id: string) => void;
  private readonly callerSignal: AbortSignal;
  private readonly controller = new AbortController();
  private readonly startedAt: number;
  private announcedAt: number;
  private measures: RequestMeasures = {};
  private readonly onCallerLeft = (): void => {
    this.controller.abort(this.callerSignal.reason);
  };

  constructor(context: RequestContext, deps: LiveRequestsDeps, forget: (id: string) => void) {
    const { envelope, input } = context.request;
    this.id = envelope.requestId;
    this.caller = context.caller;
    this.deps = deps;
    this.forget = forget;
    this.callerSignal = context.signal;
    this.startedAt = deps.clock.monotonic();
    this.announcedAt = this.startedAt;
    this.told = {
      id: this.id,
      startedAt: context.receivedAt,
      caller: callerLabel(context.caller),
      client: context.client,
      task: input.task,
      path: context.path,
      model: envelope.model.slice(0, maxShownName),
      streamed: context.streamed,
      state: deps.isReady(envelope.model, callerScope(context.caller)) ? 'waiting' : 'loading',
      ...whoseRequest(context.caller),
    };
    if (context.signal.aborted) this.onCallerLeft();
    else context.signal.addEventListener('abort', this.onCallerLeft, { once: true });
    deps.onChanged(this.record);
  }

  get record(): RequestRecord {
    const { usage, told } = this;
    if (usage !== undefined && usage !== told.usage) this.told = { ...told, usage };
    return this.told;
  }

  private set record(record: RequestRecord) {
    this.told = record;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  cancel(reason: MillpondError): void {
    this.controller.abort(reason);
  }

  observe(chunk: InferenceChunk): void {
    if (chunk.type === 'head') {
      this.record = { ...this.record, ...answeredBy(chunk) };
      return;
    }
    if (chunk.type === 'status') {
      this.noteStatus(chunk.status);
      return;
    }
    this.usage = ('usage' in chunk ? chunk.usage : undefined) ?? this.usage;
    if (chunk.type === 'finish') this.record = { ...this.record, timings: chunk.timings };
    const now = this.deps.clock.monotonic();
    if (this.measures.firstContentMs === undefined) {
      this.measures = { firstContentMs: now - this.startedAt };
    }
    if (this.told.state !== 'answering') this.enter('answering');
    else if (now - this.announcedAt < progressEveryMs) return;
    this.announcedAt = now;
    this.deps.onChanged(this.record);
  }

  routed(route: RouteDecision): void {
    const alias = route.alias?.name;
    this.record = { ...this.record, route, ...(alias !== undefined && { alias }) };
  }

  succeed(): void {
    this.enter('done');
    this.record = { ...this.record, status: okStatus };
  }

  fail(thrown: unknown): MillpondError {
    const error = MillpondError.from(thrown);
    this.enter(error.code === 'cancelled' ? 'cancelled' : 'failed');
    this.record = { ...this.record, status: error.httpStatus, error: error.toBody() };
    return error;
  }

  end(): void {
    this.callerSignal.removeEventListener('abort', this.onCallerLeft);
    if (this.record.state !== 'done' && this.record.error === undefined) {
      this.fail(new MillpondError('cancelled', 'The caller left before the end'));
    }
    const durationMs = this.deps.clock.monotonic() - this.startedAt;
    this.record = { ...this.record, durationMs, ...movedTo(this.record) };
    this.record = { ...this.record, ...this.deps.settle?.(this.record) };
    this.forget(this.id);
    this.deps.onChanged(this.record);
    this.deps.onEnded(this.record, this.caller, this.measures);
  }

  /** A place in line belongs to a request that waits. */
  private enter(state: RequestRecord['state']): void {
    const { queue: _left, ...record } = this.record;
    this.record = { ...record, state };
  }

  private noteStatus(status: AnswerStatus): void {
    switch (status.phase) {
      case 'queued': {
        const { phase: _phase, ...queue } = status;
        this.record = { ...this.record, state: 'waiting', queue };
        break;
      }
      case 'loading':
        this.enter('loading');
        this.record = { ...this.record, machine: status.machine };
        break;
      case 'moved': {
        const movedFrom = [...(this.record.movedFrom ?? []), status.from];
        this.record = { ...this.record, machine: status.to, movedFrom };
      }
    }
    this.announcedAt = this.deps.clock.monotonic();
    this.deps.onChanged(this.record);
  }
}

/** Where an answer comes from, as its head says. */
function answeredBy({ servedBy, headers }: Extract<InferenceChunk, { type: 'head' }>) {
  const { machine, model, upstream, provider } = servedBy;
  const alias = headers['x-millpond-alias'];
  return {
    ...{ machine, model, upstream },
    ...(provider !== undefined && { provider }),
    ...(alias !== undefined && { alias }),
    ...(headers['x-millpond-cache'] === 'hit' && { isCached: true as const }),
  };
}

/** The newest attempt of an answer that moved is where it ended. */
function movedTo({ route, movedFrom }: RequestRecord): Pick<RequestRecord, 'upstream'> {
  const upstream = movedFrom && route?.attempts.at(-1)?.upstream;
  return upstream === undefined ? {} : { upstream };
}
