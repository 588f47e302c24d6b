import { expect, test } from 'vitest';
import {
  losesAt,
  machine,
  routerOver,
  statusesOf,
  tokensOf,
  wholeAnswer,
} from './scripted-machines.fixture.ts';
import type { Machine } from './scripted-machines.fixture.ts';

const length = 40;

/** `a` is lost in mid-answer while `b` is cut off since `goneMs`; `b` comes back when it is pushed. */
function cutOff(goneMs: () => number, b = machine('b', { length })) {
  const machines: Machine[] = [machine('a', losesAt(9))];
  const fixture = routerOver(machines, {
    returning: () => (machines.includes(b) ? [] : [{ upstream: b.upstream, goneMs: goneMs() }]),
  });
  const comesBack = (): void => {
    machines.push(b);
    fixture.changed();
  };
  return { ...fixture, comesBack };
}

test('an answer waits for a machine that was cut off a moment ago, and goes on there', async () => {
  const { ask, clock, comesBack } = cutOff(() => 1_000);
  const answered = ask();
  await clock.advance(3_000);
  comesBack();
  const chunks = await answered;
  expect(tokensOf(chunks)).toEqual(wholeAnswer(length));
  expect(statusesOf(chunks)).toContainEqual(
    expect.objectContaining({ phase: 'moved', to: 'b machine', atToken: 9, pauseMs: 3_000 }),
  );
});

test('it fails with what happened to it when nobody comes back in time', async () => {
  let goneMs = 1_000;
  const { ask, clock, router } = cutOff(() => goneMs);
  const refused = expect(ask()).rejects.toMatchObject({ reason: 'node-lost' });
  goneMs = 5_000;
  await clock.advance(4_000);
  await refused;
  expect(router.load()).toEqual({ answering: 0, waiting: 0 });
});

test('nobody is waited for who is gone for long, or could not go on with it', async () => {
  const longGone = cutOff(() => 5_000);
  await expect(longGone.ask()).rejects.toMatchObject({ reason: 'node-lost' });
  const otherWeights = cutOff(() => 0, machine('b', { offer: { digest: 'b'.repeat(64) } }));
  await expect(otherWeights.ask()).rejects.toMatchObject({ reason: 'node-lost' });
});

test('a question that nobody has begun with is refused at once', async () => {
  const { upstream } = machine('b');
  const { ask } = routerOver([], { returning: () => [{ upstream, goneMs: 0 }] });
  await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
});
