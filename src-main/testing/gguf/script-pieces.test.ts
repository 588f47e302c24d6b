import { expect, test } from 'vitest';
import { PieceCutter } from './script-pieces.ts';
import { spell } from './vocabulary.ts';

test('cuts a text at its words and loses nothing', () => {
  const text = 'Mills grind corn.\n\nThey  need 水.\n';
  const pieces = new PieceCutter().cut(text);
  expect(pieces.join('')).toBe(spell(text));
  expect(pieces.length).toBeGreaterThan(4);
});

test('joins a word that was used before with what follows, so that every piece is new', () => {
  const pieces = new PieceCutter().cut('the mill and the pond and the mill');
  expect(new Set(pieces).size).toBe(pieces.length);
  expect(pieces.join('')).toBe(spell('the mill and the pond and the mill'));
});

test('keeps pieces unique across the answers of one model', () => {
  const cutter = new PieceCutter();
  const all = [...cutter.cut('one two three'), ...cutter.cut('one two four')];
  expect(new Set(all).size).toBe(all.length);
});

test('refuses exact pieces that occur twice or are a single byte', () => {
  expect(() => new PieceCutter().cut(['ab', 'ab'])).toThrow(/occurs twice/);
  expect(() => new PieceCutter().cut(['a'])).toThrow(/single byte/);
});

test('refuses an answer that says nothing', () => {
  expect(() => new PieceCutter().cut('')).toThrow(/at least one character/);
});

test('refuses an answer that another one already says in full', () => {
  const cutter = new PieceCutter();
  cutter.cut('hello');
  expect(() => cutter.cut('hello')).toThrow(/Another answer/);
});
