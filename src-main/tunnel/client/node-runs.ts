import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { ErrorBody } from '../../core/error.ts';
import type { InferenceRequest } from '../../core/inference.ts';
import type { Assign, Timing } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { Admission, NodeHost } from '../ports.ts';
import { clampTiming } from '../wire/protocol.ts';
import { decodeRequest } from '../wire/request-codec.ts';
import { NodeRun } from './node-run.ts';
import type { RunLink } from './node-run.ts';

/** The machine's own bound, whatever its owner allows and a gateway believes. */
const mostRuns = 256;

export interface NodeRunsDeps {
  readonly host: Pick<NodeHost, 'admit'>;
  readonly clock: Clock;
  readonly refuse: (requestId: string, failure: ErrorBody) => void;
  /** After each answer; what the slots hold has changed. */
  readonly onAnswered: () => void;
  /** How many answers are under way has changed. */
  readonly onCount: () => void;
  readonly faults?: { readonly isRingOff?: boolean };
}

/** All answers that this machine makes for one gateway; they outlive its connections. */
export class NodeRuns {
  private readonly deps: NodeRunsDeps;
  private readonly runs = new Map<string, NodeRun>();
  private timing: Pick<Timing, 'maxFrameBytes' | 'keepFramesMs'> = clampTiming(undefined);
  private link: RunLink | undefined;
  /** In hop lists; set by the connection. */
  private gatewayId = '';
  private isDraining = false;
  private idleListeners: (() => void)[] = [];

  constructor(deps: NodeRunsDeps) {
    this.deps = deps;
  }

  get count(): number {
    return this.runs.size;
  }

  get requestIds(): readonly string[] {
    return [...this.runs.keys()];
  }

  /** A new connection: every answer that was cut goes on over it. */
  connected(link: RunLink, told: { readonly timing: Timing; readonly gatewayId: string }): void {
    this.link = link;
    this.timing = told.timing;
    this.gatewayId = told.gatewayId;
    for (const run of this.runs.values()) run.resume(link);
  }

  disconnected(): void {
    this.link = undefined;
    for (const run of [...this.runs.values()]) run.cut();
  }

  /** A request for this machine. Opening Run accepts it; anything else is said as a refusal. */
  assign(assign: Assign): void {
    const { link } = this;
    if (link === undefined) return;
    // The same request may come again once the gateway gave the first try up.
    this.runs.get(assign.requestId)?.cancel();
    try {
      this.accept(assign, link);
    } catch (error) {
      this.deps.refuse(assign.requestId, MillpondError.from(error).toBody());
    }
  }

  cancel(requestId: string): void {
    this.runs.get(requestId)?.cancel();
  }

  /** Refuses everything new from now on. */
  drain(): void {
    this.isDraining = true;
  }

  /** Resolves once nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.runs.size > 0) {
      await new Promise<void>((resolve) => this.idleListeners.push(resolve));
    }
  }

  /** Stops everything and lets the gateway know, so that it asks elsewhere without waiting. */
  handBack(): void {
    this.isDraining = true;
    for (const requestId of this.requestIds) this.deps.refuse(requestId, leaving().toBody());
    this.close();
  }

  /** Stops everything. */
  close(): void {
    for (const run of [...this.runs.values()]) run.cancel();
  }

  private accept(assign: Assign, link: RunLink): void {
    if (this.isDraining) throw draining();
    if (this.runs.size >= mostRuns) throw tooMany();
    const admit = (request: InferenceRequest): Admission =>
      this.deps.host.admit(this.asMeant(request, assign));
    if (assign.body.byteLength === 0) {
      this.begin(assign, link, { admit });
      return;
    }
    const admission = admit(decodeRequest(assign.body));
    if (admission.ok) this.begin(assign, link, { admit, infer: admission.infer.bind(admission) });
    else this.deps.refuse(assign.requestId, admission.failure);
  }

  private begin(
    assign: Assign,
    link: RunLink,
    how: {
      readonly admit: (request: InferenceRequest) => Admission;
      readonly infer?: Extract<Admission, { ok: true }>['infer'];
    },
  ): void {
    const { clock, faults, onAnswered } = this.deps;
    const { maxFrameBytes, keepFramesMs } = this.timing;
    const run: NodeRun = new NodeRun({
      clock,
      assign,
      maxFrameBytes,
      keepFramesMs,
      admit: how.admit,
      onAnswered,
      onBroken: (failure) => this.deps.refuse(assign.requestId, failure),
      onOver: () => this.remove(run),
      ...(faults && { faults }),
    });
    this.runs.set(assign.requestId, run);
    this.deps.onCount();
    run.open(link, how.infer);
  }

  private remove(run: NodeRun): void {
    if (this.runs.get(run.requestId) === run) this.runs.delete(run.requestId);
    this.deps.onCount();
    if (this.runs.size === 0) for (const listener of this.idleListeners.splice(0)) listener();
  }

  /** Under the name by which this machine offered the model, and with the gateway among its hops. */
  private asMeant({ envelope, input }: InferenceRequest, { modelId }: Assign): InferenceRequest {
    const hops = envelope.hops ?? [];
    const isNamed = this.gatewayId === '' || hops.includes(this.gatewayId);
    return {
      envelope: {
        ...envelope,
        ...(modelId !== '' && { model: modelId }),
        ...(!isNamed && { hops: [...hops, this.gatewayId] }),
      },
      input,
    };
  }
}

function draining(): MillpondError {
  return new MillpondError(
    'overloaded',
    'This machine finishes its answers and takes no new ones',
    {
      reason: 'draining',
    },
  );
}

function leaving(): MillpondError {
  return new MillpondError('unavailable', 'The machine that answered has left the pool', {
    reason: 'node-lost',
  });
}

function tooMany(): MillpondError {
  return new MillpondError('overloaded', `This machine answers ${mostRuns} requests already`, {
    reason: 'owner-limits',
  });
}
