import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeMessage } from '../../dialects/anthropic/decode.ts';
import { claudeCodeSession } from '../../testing/claude-code-session.ts';
import type { SessionShape } from '../../testing/claude-code-session.ts';
import { chunksOf, finishOf, requestOf } from '../engine.contract.ts';
import { LlamaEngine } from './llama-engine.ts';

const guidePath = join(import.meta.dirname, '../../../resources/models/guide/guide-q8_0.gguf');
let guide: LlamaEngine;

beforeAll(async () => {
  guide = await LlamaEngine.load({
    path: guidePath,
    options: { slots: 1, contextLength: 4096 },
    defaultThreads: 1,
    gpu: false,
  });
});

afterAll(async () => {
  await guide.dispose();
});

/** Less of everything than the real one, with the same proportions of old and new. */
const shape: SessionShape = { model: 'guide', turns: 20, instructions: 20, tools: 1, detail: 1 };

/** Share of all prompt tokens of a session that were still in the slot. */
async function cachedShare(session: SessionShape): Promise<number> {
  let cached = 0;
  let total = 0;
  for (const request of claudeCodeSession(session)) {
    const { input } = decodeMessage(request);
    const asked = requestOf({ ...input, maxTokens: 1, sampling: { temperature: 0 } });
    const { usage } = finishOf(await chunksOf(guide, asked));
    cached += usage.cachedTokens;
    total += usage.promptTokens;
  }
  return cached / total;
}

const patienceMs = 120_000;

test(
  'a session of Claude Code with 20 turns is read once: at least 90 % of its tokens are reused',
  async () => {
    expect(await cachedShare(shape)).toBeGreaterThanOrEqual(0.9);
  },
  patienceMs,
);

test(
  'with a changing line that nobody drops all behind the tools would be read anew in every turn',
  async () => {
    const session = { ...shape, turns: 3, lineName: 'x-unknown-billing-header' };
    expect(await cachedShare(session)).toBeLessThan(0.4);
  },
  patienceMs,
);
