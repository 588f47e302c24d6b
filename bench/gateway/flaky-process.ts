import {
  plainMisbehaviours,
  streamedMisbehaviours,
} from '../../src-main/testing/mock-provider/behaviours.ts';
import type { Behaviour } from '../../src-main/testing/mock-provider/behaviours.ts';
import { startMockProvider } from '../../src-main/testing/mock-provider/start-mock-provider.ts';
import { answerBenchmark } from './measured-child.ts';

/** A provider that does everything wrong in turn, every third call; its key is never refused for good. */

const callsBetweenFaults = 3;
const misbehaviours = (streamed: boolean): readonly Behaviour[] =>
  (streamed ? streamedMisbehaviours : plainMisbehaviours).filter(({ kind }) => kind !== 'auth');

const provider = await startMockProvider({
  models: ['pond'],
  behave: ({ body }, number) => {
    if (number % callsBetweenFaults !== 0) return { kind: 'well' };
    const faults = misbehaviours(body.includes('"stream":true'));
    return faults[(number / callsBetweenFaults) % faults.length] ?? { kind: 'well' };
  },
});

answerBenchmark({ type: 'ready', port: Number(new URL(provider.baseUrl).port) }, () =>
  provider.close(),
);
