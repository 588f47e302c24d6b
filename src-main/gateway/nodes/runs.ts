import type { InferenceChunk, InferenceRequest } from '../../core/inference.ts';

/** One answer on one machine of a pool, while it runs. */
export interface Run {
  readonly requestId: string;
  /** The caller's queue key. */
  readonly caller: string;
  readonly machineId: string;
  readonly poolId: string;
  /** Whose machine it is. */
  readonly ownerId: string;
  /** The machine's own id of the model. */
  readonly modelId: string;
  /** Came over from a machine that was lost. */
  readonly isMoved: boolean;
  /** Generated here so far. */
  readonly tokens: number;
}

/** What one machine did for one request that may have moved between several. */
export type ServedPart = Pick<Run, 'machineId' | 'ownerId' | 'poolId' | 'tokens'>;

interface MutableRun extends Run {
  tokens: number;
}

/** Requests whose parts are kept for the ledger although nobody has told their end. */
const keptRequests = 10_000;

/** Every answer that the machines of pools give now, and what each gave to a request that still runs. */
export class Runs {
  private readonly live = new Set<MutableRun>();
  private readonly parts = new Map<string, MutableRun[]>();
  private readonly counterOf: (run: Run) => (tokens: number) => void;

  /** `counterOf` makes what is told of the tokens of one answer. */
  constructor(counterOf: (run: Run) => (tokens: number) => void) {
    this.counterOf = counterOf;
  }

  current(): Iterable<Run> {
    return this.live;
  }

  /** What was served to a request, in order; forgets it. */
  take(requestId: string): readonly ServedPart[] {
    const parts = this.parts.get(requestId) ?? [];
    this.parts.delete(requestId);
    return parts;
  }

  begin(
    request: InferenceRequest,
    place: Pick<Run, 'machineId' | 'ownerId' | 'poolId' | 'modelId'>,
  ): { observe(chunk: InferenceChunk): void; end(): void } {
    const { envelope, input } = request;
    const run: MutableRun = {
      ...place,
      requestId: envelope.requestId,
      caller: envelope.caller,
      isMoved: 'continuation' in input,
      tokens: 0,
    };
    this.live.add(run);
    const count = this.counterOf(run);
    this.note(run);
    return {
      observe: (chunk) => {
        const usage = 'usage' in chunk ? chunk.usage : undefined;
        const added = (usage?.completionTokens ?? 0) - run.tokens;
        if (added <= 0) return;
        run.tokens += added;
        count(added);
      },
      end: () => {
        this.live.delete(run);
      },
    };
  }

  private note(run: MutableRun): void {
    const parts = this.parts.get(run.requestId);
    if (parts) {
      parts.push(run);
      return;
    }
    this.parts.set(run.requestId, [run]);
    if (this.parts.size > keptRequests) {
      const [oldest] = this.parts.keys();
      if (oldest !== undefined) this.parts.delete(oldest);
    }
  }
}
