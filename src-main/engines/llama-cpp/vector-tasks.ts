import type { LlamaEmbeddingContext, LlamaRankingContext } from 'node-llama-cpp';
import { MillpondError } from '../../core/error.ts';
import type {
  EmbeddingInput,
  InferenceChunk,
  RequestEnvelope,
  RerankInput,
} from '../../core/inference.ts';
import { checkLength, servedBy } from './answer.ts';
import { checkedTokens } from './answer-plan.ts';
import { batchTokens } from './context-choice.ts';
import { checkCharacters } from './prompt-limit.ts';
import type { LoadedModel } from './loaded-model.ts';

/** What every task of an engine is given. */
export interface Task {
  readonly envelope: RequestEnvelope;
  readonly signal: AbortSignal;
  readonly emit: (chunk: InferenceChunk) => Promise<void>;
  readonly monotonic: () => number;
}

/** Embeddings and scores: contexts of their own, made when the first such request comes. */
export class VectorTasks {
  private readonly loaded: LoadedModel;
  private embedding: Promise<LlamaEmbeddingContext> | undefined;
  private ranking: Promise<LlamaRankingContext> | undefined;

  constructor(loaded: LoadedModel) {
    this.loaded = loaded;
  }

  /** One vector of length 1 for each input, in order. */
  async embed(input: EmbeddingInput, run: Task): Promise<void> {
    this.require('embedding', 'embeddings');
    const acceptedAt = run.monotonic();
    const { facts, model } = this.loaded;
    for (const text of input.inputs) {
      if (typeof text === 'string') checkCharacters(text, facts.contextLength);
    }
    const inputs = input.inputs.map((text) =>
      typeof text === 'string' ? model.tokenize(text, true) : checkedTokens(text, model, 'input'),
    );
    for (const tokens of inputs) {
      if (tokens.length === 0) {
        throw new MillpondError('invalid-request', 'An input is empty', { param: 'input' });
      }
      // Begin and end tokens may be added to it.
      checkLength(tokens.length + 2, facts.contextLength);
    }
    const context = await this.embeddingContext();
    await run.emit({ type: 'head', servedBy: servedBy(run.envelope), headers: {} });
    let promptTokens = 0;
    for (const [index, tokens] of inputs.entries()) {
      run.signal.throwIfAborted();
      const { vector } = await context.getEmbeddingFor([...tokens]);
      promptTokens += tokens.length;
      await run.emit({ type: 'embedding', index, vector: normalised(vector) });
    }
    await run.emit(finish(promptTokens, run.monotonic() - acceptedAt));
  }

  /** The relevance of each document to the query, from 0 to 1, in the order of the documents. */
  async rerank(input: RerankInput, run: Task): Promise<void> {
    this.require('rerank', 'reranking');
    const acceptedAt = run.monotonic();
    const context = await this.rankingContext();
    const lengths = input.documents.map((document) =>
      context.calculateInputLength(input.query, document),
    );
    for (const length of lengths) checkLength(length, context.contextSize);
    await run.emit({ type: 'head', servedBy: servedBy(run.envelope), headers: {} });
    const scores: number[] = [];
    for (const document of input.documents) {
      run.signal.throwIfAborted();
      scores.push(await context.rank(input.query, document));
    }
    await run.emit({ type: 'scores', scores });
    await run.emit(
      finish(
        lengths.reduce((sum, length) => sum + length, 0),
        run.monotonic() - acceptedAt,
      ),
    );
  }

  private require(capability: 'embedding' | 'rerank', what: string): void {
    if (this.loaded.facts.capabilities[capability]) return;
    throw new MillpondError(
      'unsupported-capability',
      `This model was not made for ${what} (capability "${capability}"); choose another model`,
      { param: 'model', reason: capability },
    );
  }

  /**
   * Models that read both ways need the whole input in one batch. For those that write text too, the
   * state behind the last token is the vector, and a batch that large would take gigabytes.
   */
  private embeddingContext(): Promise<LlamaEmbeddingContext> {
    const { facts, model, threads } = this.loaded;
    const contextSize = facts.contextLength;
    const batchSize = facts.capabilities.completion
      ? Math.min(batchTokens, contextSize)
      : contextSize;
    this.embedding ??= model
      .createEmbeddingContext({ contextSize, batchSize, threads })
      .catch((error: unknown) => {
        this.embedding = undefined;
        throw outOfMemory(error);
      });
    return this.embedding;
  }

  private rankingContext(): Promise<LlamaRankingContext> {
    const { facts, model, threads } = this.loaded;
    const size = facts.contextLength;
    this.ranking ??= model
      .createRankingContext({ contextSize: size, batchSize: size, threads })
      .catch((error: unknown) => {
        this.ranking = undefined;
        throw outOfMemory(error);
      });
    return this.ranking;
  }
}

function outOfMemory(cause: unknown): MillpondError {
  return new MillpondError(
    'out-of-memory',
    'There is not enough free memory for the vectors of this model; unload another model or load it with a shorter context',
    { cause },
  );
}

/** To length 1, so that a dot product is the cosine. A vector of zeros stays one. */
function normalised(vector: readonly number[]): readonly number[] {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}

function finish(promptTokens: number, elapsedMs: number): InferenceChunk {
  return {
    type: 'finish',
    reason: 'stop',
    usage: { promptTokens, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 },
    timings: {
      queuedMs: 0,
      loadMs: 0,
      prefillMs: elapsedMs,
      firstTokenMs: elapsedMs,
      decodeMs: 0,
    },
  };
}
