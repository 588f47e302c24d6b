import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineSlot, SharedEngines } from '../../src-main/agent/ports.ts';
import type { SlotReport } from '../../src-main/engines/engine.ts';
import { countingModel } from '../../src-main/testing/pool/counting-engines.ts';
import { loadEngine } from '../engine/millpond-engine.ts';
import { projectFolder } from '../support/project.ts';
import { pacedAt } from './paced.ts';

/** The bundled model in an engine process of its own, with one slot. */
export interface GuideEngine {
  readonly engines: SharedEngines;
  held(): SlotReport | undefined;
  dispose(): Promise<void>;
}

const path = join(projectFolder, 'resources', 'models', 'guide', 'guide-q8_0.gguf');
export const guideName = 'guide';
/** So slow that a machine can be killed in the middle of an answer; the engine itself runs ahead. */
const tokensPerSecond = 100;

export async function loadGuide(): Promise<GuideEngine> {
  const bytes = readFileSync(path);
  const digest = createHash('sha256').update(bytes).digest('hex');
  const engine = await loadEngine(
    {
      ...{ id: guideName, name: 'Guide', format: 'gguf', path, digest, source: 'library' },
      sizeBytes: bytes.byteLength,
    },
    { slots: 1, contextLength: 2048 },
    new AbortController().signal,
  );
  const pace = pacedAt(tokensPerSecond);
  const { contextLength } = engine.facts;
  const model = countingModel(guideName, { digest, contextLength, slots: 1 });
  const slots = (): readonly EngineSlot[] =>
    engine.slots().map(({ slot, marks, heldTokens, tenant }) => ({
      ...{ modelId: guideName, slot, marks, heldTokens },
      ...(tenant !== undefined && { tenant }),
    }));
  return {
    engines: {
      async *infer(request, options) {
        const next = pace();
        for await (const chunk of engine.infer(request, options)) {
          if (chunk.type === 'text') await next(options.signal);
          yield chunk;
        }
      },
      models: () => [model],
      slots,
      countTokens: (_model, text, signal) => engine.countTokens(text, signal),
      isOwnerActive: () => false,
      releaseRemote: () => Promise.resolve(),
      command: () => Promise.resolve(),
      onChanged: () => () => {},
      onSlots: (listener) => {
        engine.onSlots?.(listener);
        return () => {};
      },
    },
    held: () => engine.slots()[0],
    dispose: () => engine.dispose(),
  };
}
