import { seededRandom } from '../../src-main/testing/hub/seeded-random.ts';
import { createRelay } from '../../src-main/testing/relay.ts';
import { progress } from '../support/progress.ts';
import type { Section } from '../support/report.ts';
import { summarize } from '../support/stats.ts';
import { readCounted } from './counted-stream.ts';
import type { CountedStream } from './counted-stream.ts';
import { pauseFigures, tokensPerSecond } from './lost-machines.ts';
import { startPool } from './pool-under-test.ts';
import type { PartOptions } from './pool-under-test.ts';

const cutsPerRun = 2;
const tokens = 200;
const latestCut = 100;

/** The line to the only machine breaks at a random token, and the same answer goes on over the next one. */
export async function measureCuts({ runs, signal }: PartOptions): Promise<Section> {
  const answers = await cutLines(runs * cutsPerRun, signal);
  const whole = answers.filter(({ isWhole }) => isWhole).length;
  return {
    title: `${String(answers.length)} cuts of the line to the machine that answers`,
    figures: [
      ...pauseFigures(
        'pause that the caller sees',
        answers.map(({ longestGapMs }) => longestGapMs),
      ),
      {
        what: 'answers resumed with nothing lost, repeated or mixed up',
        unit: '%',
        measured: summarize([(whole / answers.length) * 100]),
        budget: '≥ 99 %',
      },
    ],
  };
}

async function cutLines(count: number, signal: AbortSignal): Promise<readonly CountedStream[]> {
  await using pool = await startPool();
  const relay = await createRelay({ to: { port: pool.address.publicPort } });
  const random = seededRandom(6);
  const answers: CountedStream[] = [];
  try {
    const far = { name: 'far', count: 1, slots: 8, model: 'far', tokensPerSecond };
    await using machines = await pool.machines(far, relay.port);
    const machine = machines.process;
    await machine.call('connect');
    await pool.gateway.call('untilMachines', 1);
    for (let index = 0; index < count; index += 1) {
      signal.throwIfAborted();
      progress(`tunnel: cut ${String(index + 1)} of ${String(count)}`);
      await machine.call('beSteady');
      const atToken = 2 + Math.floor(random() * latestCut);
      let isCut = false;
      const onTokens = (taken: number): void => {
        if (isCut || taken < atToken) return;
        isCut = true;
        relay.cut();
      };
      const prompt = `cut ${String(index)}`;
      answers.push(await readCounted(pool.target, { model: 'far', prompt, tokens, onTokens }));
    }
  } finally {
    await relay.close();
  }
  return answers;
}
