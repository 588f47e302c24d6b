import { expect, test } from 'vitest';
import { describeEngine } from '../engines/engine.contract.ts';
import { createFakeClock } from './fake-clock.ts';
import { FakeEngine } from './fake-engine.ts';
import { chatRequest, collect } from './inference-requests.ts';

const longAnswer = Array.from({ length: 60 }, (_, index) => `word${index} `);

describeEngine('the fake engine', () =>
  Promise.resolve({ engine: new FakeEngine({ says: longAnswer }), longQuestion: 'tell me' }),
);

test('a crash fails what is under way and says why it closed', async () => {
  const clock = createFakeClock();
  const engine = new FakeEngine({ says: ['a', 'b'], clock, pieceMs: 1000 });
  const answer = collect(engine.infer(chatRequest('hi'), { signal: AbortSignal.any([]) }));
  await clock.advance(1000);
  engine.crash('a test said so', ['last line']);
  await expect(answer).rejects.toMatchObject({ code: 'engine-crashed' });
  expect(await engine.closed).toEqual({ reason: 'a test said so', logTail: ['last line'] });
});
