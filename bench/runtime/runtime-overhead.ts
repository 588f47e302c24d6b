import { firstTokenMs } from '../engine/contestant.ts';
import type { AnswerRecord, Generation } from '../engine/contestant.ts';
import { jointRate } from '../engine/decode-rate.ts';
import { generateOn, loadEngine } from '../engine/millpond-engine.ts';
import { PromptSource } from '../engine/random-prompt.ts';
import type { ModelManifest } from '../../src-main/core/model.ts';
import { progress } from '../support/progress.ts';
import type { Section } from '../support/report.ts';
import { summarize } from '../support/stats.ts';
import { modelName, serveWithBenchmarkModel } from './benchmark-model.ts';
import { streamChat } from './streamed-chat.ts';

const shape = { slots: 1, contextLength: 2048 };
const words = 24;
const maxTokens = 128;
/** A run is short: many of them tell a difference of a millisecond. */
const runsPerRun = 4;

/** The same chat through the whole runtime and through the bare engine process, in turn. */
export async function measureRuntimeOverhead(
  model: ModelManifest,
  { runs, signal }: { readonly runs: number; readonly signal: AbortSignal },
): Promise<Section> {
  progress('runtime over the bare engine');
  await using runtime = await serveWithBenchmarkModel(model, shape);
  const engine = await loadEngine(model, shape, signal);
  const through: AnswerRecord[] = [];
  const bare: AnswerRecord[] = [];
  try {
    const prompts = new PromptSource(11);
    for (let run = 0; run <= runs * runsPerRun; run += 1) {
      signal.throwIfAborted();
      const messages = [{ role: 'user', text: prompts.sentence(words) } as const];
      const generation: Generation = { prompt: { messages }, maxTokens, signal };
      const records = [
        await generateOn(engine, generation),
        await streamChat(runtime.chat, modelName, generation),
      ];
      if (run === 0) continue;
      bare.push(...records.slice(0, 1));
      through.push(...records.slice(1));
    }
  } finally {
    await engine.dispose();
  }
  return {
    title: `Whole runtime over HTTP against the bare engine process, ${model.name}`,
    comparison: { reference: 'bare engine', by: 'difference' },
    figures: [
      {
        what: 'first token',
        unit: 'ms',
        measured: summarize(through.map(firstTokenMs)),
        reference: summarize(bare.map(firstTokenMs)),
      },
      {
        what: 'decode',
        unit: 'tokens/s',
        measured: summarize(through.map((record) => jointRate([record]))),
        reference: summarize(bare.map((record) => jointRate([record]))),
      },
    ],
  };
}
