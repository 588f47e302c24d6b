import { describe, expect, test } from 'vitest';

/** Every word of a file with its full key; what is no text fails. */
function wordsIn(value: unknown, prefix: string): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[prefix, value]];
  if (typeof value !== 'object' || value === null) throw new Error(`${prefix} is no text`);
  return Object.entries(value).flatMap(([key, inner]) => wordsIn(inner, `${prefix}.${key}`));
}

const files = {
  ...import.meta.glob<unknown>('./*.json', { eager: true, import: 'default' }),
  ...import.meta.glob<unknown>('../../src-main/contract/words/*.json', {
    eager: true,
    import: 'default',
  }),
};

function wordsOf(language: string): ReadonlyMap<string, string> {
  const suffix = `.${language}.json`;
  return new Map(
    Object.entries(files).flatMap(([path, words]) =>
      path.endsWith(suffix)
        ? wordsIn(words, path.slice(path.lastIndexOf('/') + 1, -suffix.length))
        : [],
    ),
  );
}

const en = wordsOf('en');
const zh = wordsOf('zh-CN');
const placeholders = (text: string) =>
  [...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1]).toSorted();

describe('both languages', () => {
  test('have the same words', () => {
    expect(en.size).toBeGreaterThan(200);
    expect([...zh.keys()].toSorted()).toEqual([...en.keys()].toSorted());
  });

  test('fill the same gaps', () => {
    for (const [key, text] of en) {
      expect([key, placeholders(zh.get(key) ?? '')]).toEqual([key, placeholders(text)]);
    }
  });

  test('leave no word empty', () => {
    const empty = [...en, ...zh].filter(([, text]) => text.trim() === '');
    expect(empty).toEqual([]);
  });
});

/** Keys that the sources name outright; keys put together at run time are left to the pages' tests. */
function keysInSources(): ReadonlyMap<string, string> {
  const sources = import.meta.glob<string>('../**/*.{ts,tsx}', {
    eager: true,
    query: '?raw',
    import: 'default',
  });
  const keys = new Map<string, string>();
  for (const [path, source] of Object.entries(sources)) {
    if (path.includes('.test.')) continue;
    const named = /(?:\bt\(\s*|labelKey[:=]\s*)'([\w-]+(?:\.[\w-]+)+)'/g;
    for (const match of source.matchAll(named)) keys.set(match[1] ?? '', path);
  }
  return keys;
}

test('every key that a source names has its words', () => {
  const keys = keysInSources();
  expect(keys.size).toBeGreaterThan(100);
  const missing = [...keys].filter(([key]) => !en.has(key) && !en.has(`${key}_other`));
  expect(missing).toEqual([]);
});
