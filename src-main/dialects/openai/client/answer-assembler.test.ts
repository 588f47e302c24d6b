import { expect, test } from 'vitest';
import { createFakeClock } from '../../../testing/fake-clock.ts';
import { chatRequest } from '../../../testing/inference-requests.ts';
import { AnswerAssembler } from './answer-assembler.ts';
import { quirksOf } from './quirks.ts';

function assembler(choices: number): AnswerAssembler {
  const { input } = chatRequest('hello', { input: { choices } });
  if (input.task !== 'chat') throw new Error('not a chat');
  return new AnswerAssembler({
    ...{ input, serverName: 'The fake', modelName: 'tiny', quirks: quirksOf.openai },
    ...{ requestId: 'request-1', clock: createFakeClock(), startedAt: 0 },
  });
}

const event = (index: number) => ({ choices: [{ index, delta: { content: 'hi' } }] });

test('as many choices as anybody may ask for come through', () => {
  const answer = assembler(128);
  const chunks = Array.from({ length: 128 }, (_, index) => [...answer.take(event(index))]).flat();
  answer.done();
  expect(chunks).toHaveLength(128);
  expect([...answer.end()]).toHaveLength(128);
});

test('a server that begins ever more choices is stopped', () => {
  const answer = assembler(1);
  const takeMany = (): void => {
    for (let index = 0; index < 1000; index += 1) Array.from(answer.take(event(index)));
  };
  expect(takeMany).toThrow(
    expect.objectContaining({
      code: 'unavailable',
      message: 'The fake sent more choices than any answer holds; try again',
    }),
  );
});
