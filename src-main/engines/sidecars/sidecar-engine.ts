import { hostname } from 'node:os';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import type {
  InferenceChunk,
  InferenceRequest,
  InferOptions,
  ServedBy,
} from '../../core/inference.ts';
import { noUsage } from '../../core/usage.ts';
import type { OpenAiQuirks } from '../../dialects/openai/client/quirks.ts';
import { createOpenAiBackend } from '../../dialects/openai/client/openai-backend.ts';
import type { ProcessExit } from '../../platform/process-launcher.ts';
import type { EngineClosure, EngineFacts, InferenceEngine, SlotReport } from '../engine.ts';
import { explainExit } from '../hosting/exit-explanation.ts';
import { residentBytesOf } from './resident-bytes.ts';
import type { SidecarClient } from './sidecar-client.ts';
import type { SidecarProcess } from './sidecar-process.ts';
import { SidecarSlots } from './sidecar-slots.ts';
import type { SidecarSlot } from './sidecar-slots.ts';

type CountRequest = InferenceRequest & { readonly input: { readonly task: 'count' } };

/** What differs between the programs behind a sidecar engine. */
export interface SidecarDialect {
  readonly quirks: OpenAiQuirks;
  /** What the program calls the model. */
  readonly servedName: string;
  /** Fields that keep one tenant's state from another. */
  readonly isolation: (slot: SidecarSlot, tenant: string) => Readonly<Record<string, unknown>>;
  /** Refuses what the program would accept and get wrong; called before anything is sent. */
  readonly admit?: (request: InferenceRequest) => void;
  countText(client: SidecarClient, text: string, signal: AbortSignal): Promise<number>;
  /** Of a whole chat, the template's own tokens included. */
  countChat(client: SidecarClient, request: CountRequest, signal: AbortSignal): Promise<number>;
}

interface SidecarEngineDeps {
  /** Ready; the engine owns it from here on. */
  readonly process: SidecarProcess;
  readonly dialect: SidecarDialect;
  readonly facts: EngineFacts;
  /** What people call the program and the model, for messages. */
  readonly programName: string;
  readonly modelName: string;
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** A broken connection is often the first sign of a death that the system reports a little later. */
const deathNoticeMs = 1000;

/** A server program as an engine. When it dies its requests fail with `engine-crashed`. */
export class SidecarEngine implements InferenceEngine {
  readonly facts: EngineFacts;
  readonly closed: Promise<EngineClosure>;
  private readonly deps: SidecarEngineDeps;
  private readonly slotTable: SidecarSlots;
  /** Aborted with the reason why no more is answered. */
  private readonly end = new AbortController();
  private disposal: Promise<void> | undefined;

  constructor(deps: SidecarEngineDeps) {
    this.deps = deps;
    this.facts = deps.facts;
    this.slotTable = new SidecarSlots(deps.facts.slots);
    this.closed = deps.process.program.exited.then((exit) => this.settleExit(exit));
  }

  async *infer(request: InferenceRequest, options: InferOptions): AsyncGenerator<InferenceChunk> {
    const signal = AbortSignal.any([options.signal, this.end.signal]);
    signal.throwIfAborted();
    this.deps.dialect.admit?.(request);
    if (request.input.task === 'count') {
      yield* this.count({ ...request, input: request.input }, signal);
      return;
    }
    const slot = await this.slotTable.take(request, signal);
    let heldTokens = 0;
    try {
      for await (const chunk of this.backendIn(slot, request).infer(request, { signal })) {
        if ('usage' in chunk) {
          heldTokens = chunk.usage.promptTokens + chunk.usage.completionTokens;
        }
        yield chunk;
      }
    } catch (error) {
      throw await this.explain(error, options.signal);
    } finally {
      this.slotTable.release(slot, heldTokens);
    }
  }

  residentBytes(): number | undefined {
    return residentBytesOf(this.deps.process.program.pid);
  }

  slots(): readonly SlotReport[] {
    return this.slotTable.reports();
  }

  async countTokens(text: string, signal: AbortSignal): Promise<number> {
    const { dialect, process } = this.deps;
    const until = AbortSignal.any([signal, this.end.signal]);
    until.throwIfAborted();
    return dialect.countText(process.client, text, until);
  }

  dispose(): Promise<void> {
    this.disposal ??= this.shutDown();
    return this.disposal;
  }

  private async shutDown(): Promise<void> {
    const { modelName, process } = this.deps;
    this.end.abort(new MillpondError('unavailable', `${modelName} was unloaded; try again`));
    await process.stop();
  }

  /** A backend is a few functions: each request has its own, made for its slot. */
  private backendIn(slot: SidecarSlot, request: InferenceRequest) {
    const { dialect, process, http, clock, programName } = this.deps;
    const { client } = process;
    return createOpenAiBackend({
      http,
      clock,
      baseUrl: `${client.url}/v1`,
      modelName: dialect.servedName,
      serverName: programName,
      headers: () => client.headers,
      servedBy: servedBy(request),
      quirks: dialect.quirks,
      extraBody: dialect.isolation(slot, request.envelope.tenant),
    });
  }

  private async *count(request: CountRequest, signal: AbortSignal): AsyncGenerator<InferenceChunk> {
    const { dialect, process, clock } = this.deps;
    const startedAt = clock.monotonic();
    const promptTokens = await dialect.countChat(process.client, request, signal);
    yield { type: 'head', servedBy: servedBy(request), headers: {} };
    const prefillMs = clock.monotonic() - startedAt;
    const timings = { queuedMs: 0, loadMs: 0, prefillMs, firstTokenMs: prefillMs, decodeMs: 0 };
    yield { type: 'finish', reason: 'stop', usage: { ...noUsage, promptTokens }, timings };
  }

  /** A connection that broke because the program died says how it died. */
  private async explain(error: unknown, caller: AbortSignal): Promise<unknown> {
    const isBroken = error instanceof MillpondError && error.code === 'unavailable';
    if (!isBroken || caller.aborted || this.end.signal.aborted) return error;
    const { clock } = this.deps;
    await Promise.race([this.closed, clock.sleep(deathNoticeMs)]);
    // The wait above lets it change.
    const end: AbortSignal = this.end.signal;
    return end.aborted ? end.reason : error;
  }

  private settleExit(exit: ProcessExit): EngineClosure {
    const { programName, modelName, process } = this.deps;
    // Workers that outlive their leader would keep the memory of the card.
    process.program.kill('SIGKILL');
    if (this.disposal !== undefined) return {};
    const logTail = process.program.outputTail();
    const reason = explainExit(exit, logTail);
    const sentence = `${programName}, which runs ${modelName}, stopped: ${reason}; try again`;
    this.end.abort(new MillpondError('engine-crashed', sentence));
    return { reason, logTail };
  }
}

/** The router and the gateway put the names people know in its place. */
function servedBy({ envelope }: InferenceRequest): ServedBy {
  return { upstream: 'engine', machine: hostname(), model: envelope.model };
}
