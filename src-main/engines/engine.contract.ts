import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { MillpondError } from '../core/error.ts';
import type { ChatInput, InferenceChunk, InferenceRequest } from '../core/inference.ts';
import type { InferenceEngine } from './engine.ts';
import { patience } from '../testing/patience.ts';

export interface EngineSubject {
  /** With at least two slots. */
  readonly engine: InferenceEngine;
  /** Something the model answers with 40 tokens or more. */
  readonly longQuestion: string;
  /** It cannot tell which stop string ended an answer: its protocol has no word for it. */
  readonly hidesStopSequence?: true;
}

/** What every engine promises, whatever runs behind it. */
export function describeEngine(name: string, makeEngine: () => Promise<EngineSubject>): void {
  describe(name, () => {
    let subject: EngineSubject;

    beforeAll(async () => {
      subject = await makeEngine();
    });

    afterAll(async () => {
      await subject.engine.dispose();
    });

    function greedy(more: Partial<ChatInput> = {}): InferenceRequest {
      return chatRequest(subject.longQuestion, { sampling: { temperature: 0 }, ...more });
    }

    test('sends the head first, then the answer, and ends it with one finish', async () => {
      const chunks = await chunksOf(subject.engine, greedy());
      const types = chunks.map((chunk) => chunk.type);
      expect(types[0]).toBe('head');
      expect(types.at(-1)).toBe('finish');
      expect(types.filter((type) => type === 'head')).toHaveLength(1);
      expect(types.filter((type) => type === 'finish')).toHaveLength(1);
      expect(textOf(chunks).length).toBeGreaterThan(0);
    });

    test('counts usage while it answers and says the total at the end', async () => {
      const chunks = await chunksOf(subject.engine, greedy());
      const seen = chunks.flatMap((chunk) =>
        'usage' in chunk ? [chunk.usage.completionTokens] : [],
      );
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      const { usage, timings } = finishOf(chunks);
      expect(usage.promptTokens).toBeGreaterThan(0);
      expect(usage.cachedTokens).toBeLessThanOrEqual(usage.promptTokens);
      expect(usage.completionTokens).toBeGreaterThanOrEqual(40);
      expect(Object.values(timings).every((ms) => Number.isFinite(ms) && ms >= 0)).toBe(true);
    });

    test('stops after the wished number of tokens and says that it was cut', async () => {
      const finish = finishOf(await chunksOf(subject.engine, greedy({ maxTokens: 7 })));
      expect(finish.reason).toBe('length');
      expect(finish.usage.completionTokens).toBe(7);
    });

    test('ends at a stop string without delivering any of it', async () => {
      const whole = textOf(await chunksOf(subject.engine, greedy()));
      const stop = whole.slice(20, 25);
      const chunks = await chunksOf(subject.engine, greedy({ stop: [stop] }));
      expect(textOf(chunks)).toBe(whole.slice(0, whole.indexOf(stop)));
      const { reason, stopSequence } = finishOf(chunks);
      expect(reason).toBe('stop');
      expect(stopSequence).toBe(subject.hidesStopSequence ? undefined : stop);
    });

    test('gives the same draw for the same seed', async () => {
      const drawn = { sampling: { temperature: 1, seed: 7 }, maxTokens: 30 };
      const first = textOf(await chunksOf(subject.engine, greedy(drawn)));
      const second = textOf(await chunksOf(subject.engine, greedy(drawn)));
      expect(second).toBe(first);
    });

    test('answers more requests than it has slots, each as if it were alone', async () => {
      const alone = textOf(await chunksOf(subject.engine, greedy({ maxTokens: 20 })));
      const requests = Array.from({ length: subject.engine.facts.slots + 2 }, () =>
        chunksOf(subject.engine, greedy({ maxTokens: 20 })),
      );
      for (const chunks of await Promise.all(requests)) expect(textOf(chunks)).toBe(alone);
    });

    test('stops and frees the slot when the caller aborts in the middle', async () => {
      const stop = new AbortController();
      const seen: InferenceChunk[] = [];
      const reading = (async () => {
        for await (const chunk of subject.engine.infer(greedy(), { signal: stop.signal })) {
          seen.push(chunk);
          if (chunk.type === 'text') stop.abort();
        }
      })();
      await reading.catch(() => undefined);
      expect(seen.some((chunk) => chunk.type === 'finish')).toBe(false);
      await allFree(subject.engine);
      expect(textOf(await chunksOf(subject.engine, greedy())).length).toBeGreaterThan(0);
    });

    test('stops and frees the slot when the reader leaves the loop', async () => {
      const { signal } = new AbortController();
      for await (const chunk of subject.engine.infer(greedy(), { signal })) {
        if (chunk.type === 'text') break;
      }
      await allFree(subject.engine);
    });

    test('obeys an abort before the first token', async () => {
      const stop = new AbortController();
      const hundred = await subject.engine.countTokens(words(100), stop.signal);
      const half = subject.engine.facts.contextLength / 2;
      const long = chatRequest(words(Math.floor((half * 100) / hundred)), {});
      const seen: InferenceChunk[] = [];
      const reading = (async () => {
        for await (const chunk of subject.engine.infer(long, { signal: stop.signal })) {
          seen.push(chunk);
          if (chunk.type === 'head') stop.abort();
        }
      })();
      await reading.catch(() => undefined);
      expect(seen.map((chunk) => chunk.type)).toEqual(['head']);
      await allFree(subject.engine);
    });

    test('refuses a prompt longer than the context and names both lengths', async () => {
      const { contextLength } = subject.engine.facts;
      const failure = await failureOf(
        chunksOf(subject.engine, chatRequest(words(contextLength * 2), {})),
      );
      expect(failure).toMatchObject({
        code: 'context-overflow',
        reason: 'context_length_exceeded',
      });
      expect(failure.message).toContain(String(contextLength));
    });

    test('goes on from delivered tokens where the answer was cut', async (context) => {
      if (!subject.engine.facts.capabilities.continuation) context.skip();
      const whole = await chunksOf(subject.engine, greedy());
      const begun = await chunksOf(subject.engine, greedy({ maxTokens: 9 }));
      const tokens = begun.flatMap((chunk) => ('tokens' in chunk ? (chunk.tokens ?? []) : []));
      expect(tokens).toHaveLength(9);
      const rest = await chunksOf(subject.engine, greedy({ continuation: { tokens } }));
      expect(textOf(begun) + textOf(rest)).toBe(textOf(whole));
    });

    test('computes vectors of length one, in order', async (context) => {
      if (!subject.engine.facts.capabilities.embedding) context.skip();
      const request = requestOf({ task: 'embedding', inputs: ['one', 'two', 'one'] });
      const vectors = (await chunksOf(subject.engine, request)).flatMap((chunk) =>
        chunk.type === 'embedding' ? [chunk] : [],
      );
      expect(vectors.map((chunk) => chunk.index)).toEqual([0, 1, 2]);
      for (const { vector } of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
      expect(vectors[2]?.vector).toEqual(vectors[0]?.vector);
      expect(vectors[1]?.vector).not.toEqual(vectors[0]?.vector);
    });

    test('counts tokens', async () => {
      const { signal } = new AbortController();
      const few = await subject.engine.countTokens('hello', signal);
      const many = await subject.engine.countTokens('hello '.repeat(50), signal);
      expect(few).toBeGreaterThan(0);
      expect(many).toBeGreaterThan(few);
    });

    test('fails running answers when it is disposed, and says that it is gone', async () => {
      const own = (await makeEngine()).engine;
      const begun = Promise.withResolvers<undefined>();
      const answer = (async () => {
        const { signal } = new AbortController();
        for await (const chunk of own.infer(greedy(), { signal })) {
          if (chunk.type === 'text') begun.resolve(undefined);
        }
      })();
      await begun.promise;
      const failure = failureOf(answer);
      await own.dispose();
      expect((await failure).retry).toBe('elsewhere');
      expect(await own.closed).toEqual({});
    });
  });
}

/** A chat of one question; everything that a test does not name has its plainest value. */
export function chatRequest(question: string, more: Partial<ChatInput>): InferenceRequest {
  return requestOf({
    task: 'chat',
    messages: [{ role: 'user', content: [{ type: 'text', text: question }] }],
    tools: [],
    toolChoice: 'auto',
    parallelToolCalls: true,
    format: { type: 'text' },
    reasoning: 'auto',
    sampling: {},
    stop: [],
    choices: 1,
    ...more,
  });
}

export function requestOf(input: InferenceRequest['input'], tenant = 'tests'): InferenceRequest {
  return {
    envelope: {
      requestId: '01890000-0000-7000-8000-000000000000',
      model: 'model',
      tenant,
      caller: 'tester',
      priority: 5,
      privacy: 'this-machine',
      marks: [],
    },
    input,
  };
}

export async function chunksOf(
  engine: InferenceEngine,
  request: InferenceRequest,
): Promise<InferenceChunk[]> {
  return Array.fromAsync(engine.infer(request, { signal: new AbortController().signal }));
}

export function textOf(chunks: readonly InferenceChunk[]): string {
  return chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('');
}

export function finishOf(
  chunks: readonly InferenceChunk[],
): Extract<InferenceChunk, { type: 'finish' }> {
  const finish = chunks.find((chunk) => chunk.type === 'finish');
  if (finish === undefined) throw new Error('the answer has no finish');
  return finish;
}

export async function failureOf(work: Promise<unknown>): Promise<MillpondError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof MillpondError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

async function allFree(engine: InferenceEngine): Promise<void> {
  await vi.waitFor(() => {
    expect(engine.slots().some((slot) => slot.isBusy)).toBe(false);
  }, patience);
}

function words(count: number): string {
  return 'word '.repeat(count);
}
