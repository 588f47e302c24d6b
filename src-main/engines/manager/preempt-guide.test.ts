import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { promptMarks } from '../../core/fingerprint.ts';
import type {
  ChatInput,
  InferenceBackend,
  InferenceChunk,
  InferenceRequest,
} from '../../core/inference.ts';
import type { ModelManifest } from '../../core/model.ts';
import { createForkLauncher } from '../../platform/fork-launcher.ts';
import { silentLogger } from '../../platform/logger.ts';
import { programFilesAt } from '../../platform/program-files.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { modelInspection } from '../../testing/model-inspection.ts';
import { chatRequest, collect, textOf } from '../../testing/inference-requests.ts';
import { createHostedEngineFactory } from '../hosting/hosted-engine-factory.ts';
import { LlamaEngine } from '../llama-cpp/llama-engine.ts';
import { digestOfTokens } from '../llama-cpp/slots.ts';
import { EngineManager } from './engine-manager.ts';
import { promisedMs } from '../../testing/patience.ts';

const files = programFilesAt(join(import.meta.dirname, '../..'));
const path = join(files.resourcesFolder, 'models/guide/guide-q8_0.gguf');
const guide: ModelManifest = {
  ...{ id: 'guide', name: 'Guide', format: 'gguf', path, sizeBytes: 1, source: 'bundled' },
  digest: 'd'.repeat(64),
};
const never = new AbortController().signal;
const managers: EngineManager[] = [];
let manager: EngineManager;

/** Guide with one slot, in a process of its own, as the program runs it. */
function open(): EngineManager {
  const opened = new EngineManager({
    library: { find: () => guide },
    factory: createHostedEngineFactory({
      launcher: createForkLauncher(files),
      clock: systemClock,
      defaultThreads: 1,
    }),
    probe: { inspect: () => Promise.resolve(modelInspection({ slots: 1 })) },
    clock: systemClock,
    logger: silentLogger,
    budgetBytes: () => 1e12,
    idleUnloadMs: () => 0,
    loadOptions: () => ({ slots: 1, contextLength: 2048 }),
    machineName: () => 'mill',
  });
  managers.push(opened);
  return opened;
}

beforeEach(() => {
  manager = open();
});

afterEach(async () => {
  await Promise.all(managers.splice(0).map((each) => each.dispose()));
});

function request(
  question: string,
  isVisitor: boolean,
  input: Partial<ChatInput> = {},
): InferenceRequest {
  const tenant = isVisitor ? 'pool' : 'owner';
  return chatRequest(question, { envelope: { tenant, isVisitor }, input });
}

function chunksOf(backend: InferenceBackend, asked: InferenceRequest): Promise<InferenceChunk[]> {
  return collect(backend.infer(asked, { signal: never }));
}

function tokensOf(chunks: readonly InferenceChunk[]): number[] {
  return chunks.flatMap((chunk) => ('tokens' in chunk ? (chunk.tokens ?? []) : []));
}

/** Reads until the answer fails or `enough` says so. */
async function readUntilFailure(
  asked: InferenceRequest,
  onToken: (count: number) => void,
): Promise<{ readonly chunks: readonly InferenceChunk[]; readonly error: MillpondError }> {
  const chunks: InferenceChunk[] = [];
  try {
    for await (const chunk of manager.infer(asked, { signal: never })) {
      chunks.push(chunk);
      onToken(tokensOf(chunks).length);
    }
  } catch (error) {
    return { chunks, error: MillpondError.from(error) };
  }
  throw new Error('the answer was not preempted');
}

test('the owner is answered while a remote answer is cut, which goes on elsewhere without a seam', async () => {
  const question = 'Count to 50';
  const alone = tokensOf(await chunksOf(manager, request(question, true)));
  const owner = Promise.withResolvers<readonly InferenceChunk[]>();
  let isAsked = false;
  const { chunks, error } = await readUntilFailure(request(question, true), (count) => {
    if (count < 10 || isAsked) return;
    isAsked = true;
    chunksOf(manager, request('What is Millpond?', false)).then(owner.resolve, owner.reject);
  });
  expect(error).toMatchObject({ code: 'overloaded', reason: 'preempted', retry: 'elsewhere' });
  expect(textOf(await owner.promise).length).toBeGreaterThan(0);

  const delivered = tokensOf(chunks);
  expect(delivered.length).toBeGreaterThanOrEqual(10);
  expect(delivered).toEqual(alone.slice(0, delivered.length));

  // Another machine with the same model goes on from exactly the prompt and what was delivered.
  const second = await LlamaEngine.load({
    ...{ path, options: { slots: 1, contextLength: 2048 }, defaultThreads: 1, gpu: false },
  });
  try {
    const continued = request(question, true, { continuation: { tokens: delivered } });
    const rest = tokensOf(await chunksOf(second, continued));
    if (continued.input.task !== 'chat') throw new Error('not a chat');
    const evaluated = [...second.promptOf(continued.input), ...delivered, ...rest];
    const slot = second.slots()[0];
    expect(slot?.heldDigest).toBe(digestOfTokens(evaluated.slice(0, slot?.heldTokens)));
    expect(slot?.heldTokens).toBeGreaterThan(delivered.length);
  } finally {
    await second.dispose();
  }
}, 120_000);

test('a visitor whose caller reads nothing gives its slot back all the same', async () => {
  const stalled = manager.infer(request('Count to 50', true), { signal: never });
  await stalled.next();
  const answer = textOf(await chunksOf(manager, request('What is Millpond?', false)));
  expect(answer.length).toBeGreaterThan(0);
  await expect(
    (async () => {
      for (;;) if ((await stalled.next()).done === true) return;
    })(),
  ).rejects.toMatchObject({ reason: 'preempted' });
});

test('slots tell the very marks that a gateway computes from the same request', async () => {
  const asked = request('What is Millpond?', true);
  const seed = { digest: guide.digest ?? '', tenant: 'pool' };
  const marks = promptMarks(asked.input, seed);
  let announced = 0;
  manager.onSlots(() => (announced += 1));
  await chunksOf(manager, { ...asked, envelope: { ...asked.envelope, marks } });
  expect(announced).toBeGreaterThan(0);
  const [slot] = manager.slots();
  expect(slot).toMatchObject({ modelId: 'guide', slot: 0, tenant: 'pool', marks });
  expect(slot?.heldTokens).toBeGreaterThan(0);
});

test('memory is free within five seconds, also while a remote answer is running', async () => {
  const begun: PromiseWithResolvers<void> = Promise.withResolvers();
  const running = readUntilFailure(request('Count to 50', true), (count) => {
    if (count > 2) begun.resolve();
  });
  await begun.promise;
  const startedAt = performance.now();
  await manager.releaseRemote();
  expect(performance.now() - startedAt).toBeLessThan(promisedMs(5000));
  expect(manager.describe('guide').state.phase).toBe('installed');
  expect((await running).error.reason).toBe('preempted');
});
