import { streamAnswer } from './completions-client.ts';
import { connect } from './connection.ts';
import { loadVisibly } from './load-progress.ts';
import type { VerbContext } from './verb.ts';

interface BenchOptions {
  readonly runs: number;
  readonly tokens: number;
}

const prompt = 'Write a long story about a mill pond.';

/** Measures a model on this machine through the same address every tool uses. */
export async function bench(
  { deps, output }: VerbContext,
  name: string | undefined,
  options: BenchOptions,
): Promise<void> {
  const connection = await connect(deps);
  try {
    const wanted = name ?? (await connection.client.settings.get({})).defaultModel;
    const model = await connection.client.models.get({ name: wanted });
    await loadVisibly(connection.client, model, output, { signal: deps.interrupted });
    const runs: Measurement[] = [];
    for (let index = 0; index < options.runs; index += 1) {
      output.progress('Measuring', index / options.runs);
      runs.push(await measure(deps, connection, model.id, options.tokens));
    }
    output.clearProgress();
    const result = {
      model: model.id,
      device: (await connection.client.models.get({ name: model.id })).loaded?.device ?? 'unknown',
      runs: runs.length,
      firstTokenMs: median(runs.map((run) => run.firstTokenMs)),
      tokensPerSecond: median(runs.map((run) => run.tokensPerSecond)),
    };
    if (output.isJson) {
      output.json(result);
      return;
    }
    output.table([
      ['MODEL', 'RUNS ON', 'FIRST TOKEN', 'SPEED', 'RUNS'],
      [
        result.model,
        result.device,
        `${result.firstTokenMs.toFixed(0)} ms`,
        `${result.tokensPerSecond.toFixed(1)} tok/s`,
        String(result.runs),
      ],
    ]);
  } finally {
    await connection.close();
  }
}

interface Measurement {
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
}

async function measure(
  deps: VerbContext['deps'],
  connection: Parameters<typeof streamAnswer>[1],
  model: string,
  maxTokens: number,
): Promise<Measurement> {
  const startedAt = performance.now();
  let firstAt = startedAt;
  let tokens = 0;
  const request = { model, messages: [{ role: 'user' as const, content: prompt }] };
  const options = { maxTokens, temperature: 0, signal: deps.interrupted };
  for await (const event of streamAnswer(deps, connection, request, options)) {
    if (event.type === 'end') tokens = event.usage.completionTokens;
    else if (firstAt === startedAt) firstAt = performance.now();
  }
  const decodeSeconds = Math.max(performance.now() - firstAt, 1) / 1000;
  return {
    firstTokenMs: firstAt - startedAt,
    tokensPerSecond: Math.max(tokens - 1, 0) / decodeSeconds,
  };
}

/** The middle value; the mean of the two middle ones for an even count. 0 for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}
