import { expect, test } from 'vitest';
import { journalLine, readJournal, writeJournal } from './part-journal.ts';

const identity = { sizeBytes: 95, blockBytes: 10, content: 'a'.repeat(64) };
const head = journalLine.identity(identity) + journalLine.boot(1_700_000_000_000);

test('gives back what was noted', () => {
  const text =
    head +
    journalLine.part(3, 7) +
    journalLine.full(0, '0a1b2c3d') +
    journalLine.full(9, 'ffffffff') +
    journalLine.kept([0]) +
    journalLine.etag('"with space"');
  const state = readJournal(text, identity);
  expect(state?.map.doneBytes).toBe(7 + 10 + 5);
  expect(state?.map.checkOf(9)).toBe('ffffffff');
  expect([...(state?.durable ?? [])]).toEqual([0]);
  expect(state?.bootedAt).toBe(1_700_000_000_000);
  expect(state?.etag).toBe('"with space"');
});

test('the shortest journal says the same', () => {
  const text =
    head + journalLine.part(1, 2) + journalLine.part(1, 10) + journalLine.full(1, '01234567');
  const state = readJournal(text, identity);
  if (state === undefined) throw new Error('it could not be read');
  const shorter = writeJournal(identity, state);
  expect(shorter.split('\n')).toHaveLength(4);
  expect(readJournal(shorter, identity)?.map.doneBytes).toBe(10);
});

test('a journal that was cut anywhere is believed up to the cut', () => {
  const text = head + journalLine.full(0, '0a1b2c3d') + journalLine.part(1, 5);
  let known = 0;
  for (let cut = head.length; cut <= text.length; cut += 1) {
    const done = readJournal(text.slice(0, cut), identity)?.map.doneBytes ?? -1;
    expect(done).toBeGreaterThanOrEqual(known);
    known = done;
  }
  expect(known).toBe(15);
});

test('nothing behind a damaged line is believed', () => {
  const text = `${head}${journalLine.part(0, 5)}part 99 5\n${journalLine.part(1, 5)}`;
  expect(readJournal(text, identity)?.map.doneBytes).toBe(5);
});

test.each([
  { ...identity, sizeBytes: 96 },
  { ...identity, blockBytes: 5 },
  { ...identity, content: 'b'.repeat(64) },
])('a journal about another file is not read', (other) => {
  expect(readJournal(head, other)).toBeUndefined();
});
