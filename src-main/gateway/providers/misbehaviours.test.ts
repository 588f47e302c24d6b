import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HurriedClock } from '../../testing/hurried-clock.ts';
import {
  plainMisbehaviours,
  streamedMisbehaviours,
} from '../../testing/mock-provider/behaviours.ts';
import type { Behaviour } from '../../testing/mock-provider/behaviours.ts';
import type { MockCall } from '../../testing/mock-provider/start-mock-provider.ts';
import { openProviderScene } from '../../testing/provider-scene.ts';
import type { ProviderScene } from '../../testing/provider-scene.ts';

// The whole gateway between a caller and two providers that misbehave on purpose.

const clock = new HurriedClock();
let scene: ProviderScene;

beforeEach(async () => {
  scene = await openProviderScene({ clock });
});
afterEach(() => scene[Symbol.asyncDispose]());

const question = { model: 'pond', messages: [{ role: 'user', content: 'hi' }] };

function calls(): readonly MockCall[] {
  return scene.mocks.flatMap((mock) => mock.calls);
}

/** What the provider that answered has sent, without the usage that nobody asked for. */
function sentBy(call: MockCall | undefined): string {
  return Buffer.concat(call?.sent ?? []).toString();
}

/** Without the comments that keep a connection alive. */
function withoutComments(text: string): string {
  return text.replaceAll(/^:.*\n\n/gm, '');
}

/** A server that is silent for minutes, in moments. */
async function hurried<T>(behaviour: Behaviour, asking: Promise<T>): Promise<T> {
  const isSilent = behaviour.kind.startsWith('hang');
  if (isSilent) clock.hurry(400);
  try {
    return await asking;
  } finally {
    if (isSilent) clock.hurry(1);
  }
}

const odd = ['split-utf8', 'crlf', 'no-space', 'huge-frame', 'no-done', 'double-done'];
const tooLate = ['abort-after', 'socket-error-after', 'hang-between-frames', 'malformed-frame'];

describe.each(streamedMisbehaviours)('a stream with $kind', (behaviour) => {
  test('ends truthfully', async () => {
    scene.behave(behaviour);
    const answer = await hurried(behaviour, scene.chat({ ...question, stream: true }));
    expect(answer.status).toBe(200);
    const text = withoutComments(answer.text);
    if (odd.includes(behaviour.kind)) {
      expect(calls()).toHaveLength(1);
      const sent = sentBy(calls()[0]);
      const whole = behaviour.kind === 'no-done' ? `${sent}data: [DONE]\n\n` : sent;
      const expected =
        behaviour.kind === 'double-done' ? sent.slice(0, -'data: [DONE]\n\n'.length) : whole;
      expect(text).toBe(expected);
    } else if (tooLate.includes(behaviour.kind)) {
      expect(calls()).toHaveLength(1);
      expect(text).not.toContain('[DONE]');
      const frames = text.split('\n\n').filter((frame) => frame !== '');
      expect(frames).toHaveLength(5);
      expect(JSON.parse((frames.at(-1) ?? '').slice(6))).toHaveProperty('error.code');
      expect(text).not.toContain('"finish_reason":"stop"');
    } else {
      expect(calls()).toHaveLength(2);
      expect(text).toBe(sentBy(calls().find(({ sent }) => sent.length > 3)));
      expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    }
    expect(text).not.toContain('secret');
  });
});

describe.each(plainMisbehaviours)('a whole answer with $kind', (behaviour) => {
  test('ends truthfully', async () => {
    scene.behave(behaviour);
    const answer = await hurried(behaviour, scene.chat(question));
    expect(answer.status).toBe(200);
    expect(calls()).toHaveLength(behaviour.kind === 'split-utf8' ? 1 : 2);
    const good = calls().filter((call) => sentBy(call) === answer.text);
    expect(good).toHaveLength(1);
    expect(answer.json()).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
  });
});

test('where every provider fails the caller is told when to come back, and no secret', async () => {
  scene.behave({ kind: 'billing' }, { kind: 'auth' });
  const answer = await scene.chat(question);
  expect(answer.status).toBe(503);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(1700);
  expect(answer.text).not.toContain('secret');
});

test('a provider that only is too fast for its key is asked again as soon as it said', async () => {
  scene.behave({ kind: 'rate-limited', retryAfterS: 7 }, { kind: 'rate-limited', retryAfterS: 9 });
  const answer = await scene.chat({ ...question, stream: true });
  expect(answer.status).toBe(503);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(6);
  expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(9);
});
