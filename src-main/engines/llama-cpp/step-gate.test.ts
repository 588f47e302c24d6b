import { expect, test } from 'vitest';
import { settle } from '../../testing/fake-clock.ts';
import { StepGate } from './step-gate.ts';

test('stops every loop before its next step while a sequence is changed', async () => {
  const gate = new StepGate();
  const change = Promise.withResolvers<undefined>();
  let steps = 0;
  const loop = (async () => {
    gate.enter();
    for (let index = 0; index < 3; index += 1) {
      await gate.pass();
      steps += 1;
    }
    gate.leave();
  })();
  const changed = gate.exclusively(() => change.promise);
  await settle();
  const stepsBefore = steps;
  expect(stepsBefore).toBeLessThan(3);
  expect(gate.expected).toBe(0);
  change.resolve(undefined);
  await changed;
  await loop;
  expect(steps).toBe(3);
  expect(gate.expected).toBe(0);
});

test('stays closed until the last of several changes is done', async () => {
  const gate = new StepGate();
  const [first, second] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const changes = [gate.exclusively(() => first.promise), gate.exclusively(() => second.promise)];
  gate.enter();
  let isThrough = false;
  const passing = gate.pass().then(() => {
    isThrough = true;
  });
  first.resolve(undefined);
  await settle();
  expect(isThrough).toBe(false);
  second.resolve(undefined);
  await Promise.all([...changes, passing]);
  expect(isThrough).toBe(true);
});

test('opens again when a change fails', async () => {
  const gate = new StepGate();
  await expect(gate.exclusively(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  gate.enter();
  await gate.pass();
  expect(gate.expected).toBe(1);
});

test('does not count a loop that waits for its reader', async () => {
  const gate = new StepGate();
  const reader = Promise.withResolvers<string>();
  gate.enter();
  const waiting = gate.aside(() => reader.promise);
  expect(gate.expected).toBe(0);
  reader.resolve('taken');
  expect(await waiting).toBe('taken');
  expect(gate.expected).toBe(1);
});
