import { expect, test } from 'vitest';
import { peek } from './peek.ts';

async function* source(events: string[], fails = false): AsyncGenerator<number, void, undefined> {
  try {
    if (fails) throw new Error('refused');
    for (const item of [1, 2, 3]) {
      events.push(`made ${item}`);
      yield await Promise.resolve(item);
    }
  } finally {
    events.push('closed');
  }
}

test('waits for the first item and then gives all of them', async () => {
  const events: string[] = [];
  const items = await peek(source(events));
  expect(events).toEqual(['made 1']);
  expect(await Array.fromAsync(items)).toEqual([1, 2, 3]);
});

test('a failure before the first item rejects at once', async () => {
  await expect(peek(source([], true))).rejects.toThrow('refused');
});

test('leaving early closes the source', async () => {
  const events: string[] = [];
  for await (const item of await peek(source(events))) if (item === 2) break;
  expect(events).toEqual(['made 1', 'made 2', 'closed']);
});

test('an empty source stays empty', async () => {
  async function* nothing(): AsyncGenerator<number, void, undefined> {}
  expect(await Array.fromAsync(await peek(nothing()))).toEqual([]);
});
