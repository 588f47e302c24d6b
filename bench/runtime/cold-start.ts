import { firstTokenMs } from '../engine/contestant.ts';
import { progress } from '../support/progress.ts';
import type { Section } from '../support/report.ts';
import { summarize } from '../support/stats.ts';
import { serveRuntime } from './served-runtime.ts';
import { streamChat } from './streamed-chat.ts';

/** From starting the program in an empty data folder to the first token of the bundled model. */
export async function measureColdStart({
  runs,
  signal,
}: {
  readonly runs: number;
  readonly signal: AbortSignal;
}): Promise<Section> {
  progress('cold start to the first token');
  const ready: number[] = [];
  const first: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    signal.throwIfAborted();
    const startedAt = performance.now();
    await using runtime = await serveRuntime({ loadAtStart: true });
    const readyMs = performance.now() - startedAt;
    const answer = await streamChat(runtime.chat, 'guide', {
      prompt: { messages: [{ role: 'user', text: 'Hello' }] },
      maxTokens: 4,
      signal,
    });
    ready.push(readyMs);
    first.push(answer.askedAt - startedAt + firstTokenMs(answer));
  }
  return {
    title: 'Start of the program with the bundled model',
    figures: [
      { what: 'until the address answers', unit: 'ms', measured: summarize(ready) },
      { what: 'until the first token of the first answer', unit: 'ms', measured: summarize(first) },
    ],
  };
}
