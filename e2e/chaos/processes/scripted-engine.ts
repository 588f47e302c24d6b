import type { EngineSlot, ShareableModel, SharedEngines } from '../../../src-main/agent/ports.ts';
import type { Clock } from '../../../src-main/core/clock.ts';
import { MillpondError } from '../../../src-main/core/error.ts';
import type {
  CanonicalInput,
  InferenceChunk,
  InferenceRequest,
  InferOptions,
} from '../../../src-main/core/inference.ts';
import {
  evaluationHash,
  shapeOf,
  sharedWords,
  textOf,
  tokenAt,
  wordsOf,
} from '../scripted-model.ts';
import type { Evaluated, ScriptedModelOffer } from './messages.ts';

/** Answers at a time, over all models of the machine. */
export const slotsPerMachine = 4;

interface Slot {
  readonly number: number;
  isBusy: boolean;
  /** What the last answer left there, and whose it is. */
  held?: { readonly tenant: string; readonly prompt: string; readonly contents: EngineSlot };
}

interface ScriptedEngineDeps {
  readonly models: readonly ScriptedModelOffer[];
  readonly clock: Clock;
}

/** Engines of a machine that answer by script, with slots that are told apart by tenant. */
export class ScriptedEngine implements SharedEngines {
  isRefusing = false;
  /** Called when the next request comes, before anything is said. */
  onNextRequest: (() => void) | undefined;
  private readonly deps: ScriptedEngineDeps;
  private readonly slotList: readonly Slot[];
  private readonly changeListeners = new Set<() => void>();
  private readonly slotListeners = new Set<() => void>();
  private readonly waiting: (() => void)[] = [];
  private evaluated: Evaluated[] = [];

  constructor(deps: ScriptedEngineDeps) {
    this.deps = deps;
    this.slotList = Array.from({ length: slotsPerMachine }, (_, number) => ({
      number,
      isBusy: false,
    }));
  }

  get slotsInUse(): number {
    return this.slotList.filter(({ isBusy }) => isBusy).length;
  }

  /** What was read since the last look. */
  takeEvaluated(): readonly Evaluated[] {
    const { evaluated } = this;
    this.evaluated = [];
    return evaluated;
  }

  async *infer(request: InferenceRequest, options: InferOptions): AsyncGenerator<InferenceChunk> {
    this.onNextRequest?.();
    if (this.isRefusing) {
      throw new MillpondError('model-load-failed', 'The model is not there after all');
    }
    const { model } = request.envelope;
    const offer = this.deps.models.find(({ id }) => id === model);
    if (offer === undefined)
      throw new MillpondError('model-not-found', `There is no ${model} here`);
    const slot = await this.freeSlot(request, options.signal);
    slot.isBusy = true;
    tell(this.changeListeners);
    try {
      yield* this.answer(request, offer, slot, options);
    } finally {
      slot.isBusy = false;
      this.waiting.shift()?.();
      tell(this.changeListeners);
      tell(this.slotListeners);
    }
  }

  models(): readonly ShareableModel[] {
    return this.deps.models.map(({ id, digest }) => ({
      ...{ id, digest, name: id },
      contextLength: 65_536,
      capabilities: {
        ...{ chat: true, completion: true, embedding: false, rerank: false },
        ...{ tools: true, reasoning: false, vision: false, continuation: true },
      },
      slots: slotsPerMachine,
      state: { phase: 'ready' },
      busySlots: this.slotsInUse,
      waiting: this.waiting.length,
    }));
  }

  slots(): readonly EngineSlot[] {
    return this.slotList.flatMap(({ held }) => held?.contents ?? []);
  }

  countTokens(_model: string, text: string): Promise<number> {
    return Promise.resolve(wordsOf(text).length);
  }

  isOwnerActive(): boolean {
    return false;
  }

  releaseRemote(): Promise<void> {
    return Promise.resolve();
  }

  command(): Promise<void> {
    return Promise.resolve();
  }

  onChanged(listener: () => void): () => void {
    this.changeListeners.add(listener);
    return () => void this.changeListeners.delete(listener);
  }

  onSlots(listener: () => void): () => void {
    this.slotListeners.add(listener);
    return () => void this.slotListeners.delete(listener);
  }

  private async *answer(
    { envelope, input }: InferenceRequest,
    { id, weights, digest }: ScriptedModelOffer,
    slot: Slot,
    { signal }: InferOptions,
  ): AsyncGenerator<InferenceChunk> {
    const prompt = promptIn(input);
    const delivered = deliveredIn(input);
    this.evaluated.push({
      prompt,
      delivered: delivered.length,
      hash: evaluationHash(prompt, delivered),
    });
    const shape = shapeOf(prompt);
    const length = Math.min(shape.length, limitOf(input));
    const cachedTokens = this.reusable(slot, envelope.tenant, prompt);
    slot.held = {
      tenant: envelope.tenant,
      prompt,
      contents: contentsOf(slot, envelope, id, prompt),
    };
    const usage = (completionTokens: number) => ({
      promptTokens: wordsOf(prompt).length,
      ...{ cachedTokens, completionTokens, reasoningTokens: 0 },
    });
    yield {
      type: 'head',
      servedBy: { upstream: 'engine', machine: 'engine', model: id, digest },
      headers: {},
    };
    for (let index = delivered.length; index < length; index += 1) {
      if (shape.paceMs > 0) await this.deps.clock.sleep(shape.paceMs, signal);
      signal.throwIfAborted();
      const token = tokenAt(weights, prompt, index);
      const text = textOf(token, shape.padding);
      yield {
        ...{ type: 'text', text, tokens: [token], usage: usage(index + 1 - delivered.length) },
        ...(asksLogprobs(input) && { logprobs: [surely(text, token)] }),
      };
    }
    yield {
      type: 'finish',
      reason: 'stop',
      usage: usage(Math.max(0, length - delivered.length)),
      timings: { queuedMs: 0, loadMs: 0, prefillMs: 1, firstTokenMs: 1, decodeMs: 1 },
    };
  }

  /** The free slot that holds the most of the prompt for the same tenant; waits while all are busy. */
  private async freeSlot(
    { envelope, input }: InferenceRequest,
    signal: AbortSignal,
  ): Promise<Slot> {
    for (;;) {
      signal.throwIfAborted();
      const prompt = promptIn(input);
      const best = this.slotList
        .filter(({ isBusy }) => !isBusy)
        .toSorted(
          (one, other) =>
            this.reusable(other, envelope.tenant, prompt) -
            this.reusable(one, envelope.tenant, prompt),
        )[0];
      if (best !== undefined) return best;
      await this.turn(signal);
    }
  }

  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        const place = this.waiting.indexOf(wake);
        if (place >= 0) this.waiting.splice(place, 1);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.push(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  private reusable({ held }: Slot, tenant: string, prompt: string): number {
    return held?.tenant === tenant ? sharedWords(held.prompt, prompt) : 0;
  }
}

function contentsOf(
  { number: slot }: Slot,
  { tenant, marks }: InferenceRequest['envelope'],
  modelId: string,
  prompt: string,
): EngineSlot {
  return { ...{ slot, tenant, marks, modelId }, heldTokens: wordsOf(prompt).length };
}

function promptIn(input: CanonicalInput): string {
  if (input.task !== 'chat') return '';
  return input.messages
    .flatMap((message) => {
      if (message.role !== 'user') return [message.text];
      return message.content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
    })
    .join(' ');
}

function deliveredIn(input: CanonicalInput): readonly number[] {
  if (input.task !== 'chat' || input.continuation === undefined) return [];
  if ('tokens' in input.continuation) return input.continuation.tokens;
  throw new MillpondError('unsupported-capability', 'This engine goes on behind tokens only');
}

function limitOf(input: CanonicalInput): number {
  const { continuation, maxTokens = Infinity } = input.task === 'chat' ? input : {};
  return maxTokens + (continuation === undefined ? 0 : deliveredIn(input).length);
}

function asksLogprobs(input: CanonicalInput): boolean {
  return input.task === 'chat' && input.logprobs !== undefined;
}

/** So much likelier than anything else that every machine with the weights says it. */
function surely(text: string, token: number) {
  const rival = { text: '?', token: token + 1, logprob: -9 };
  return { text, token, logprob: -0.001, top: [rival] };
}

function tell(listeners: ReadonlySet<() => void>): void {
  for (const listener of listeners) listener();
}
