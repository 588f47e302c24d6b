import { describe, expect, test } from 'vitest';
import { snippet, snippetLanguages, splitStrings } from './snippets.ts';
import type { SnippetFacts } from './snippets.ts';

const facts: SnippetFacts = {
  baseUrl: 'http://127.0.0.1:8484/v1',
  model: 'qwen/qwen3-8b:q4_k_m',
  keyless: true,
};

describe('snippets', () => {
  test.each(snippetLanguages)('%s holds the live address and the model', (language) => {
    const code = snippet(language, facts);
    expect(code).toContain(facts.baseUrl);
    expect(code).toContain(`"${facts.model}"`);
  });

  test.each(snippetLanguages)(
    '%s reads a key from the environment only when one is needed',
    (language) => {
      expect(snippet(language, facts)).not.toContain('MILLPOND_API_KEY');
      expect(snippet(language, { ...facts, keyless: false })).toContain('MILLPOND_API_KEY');
    },
  );

  test('the body of curl is JSON, also with an apostrophe in the name', () => {
    const code = snippet('curl', { ...facts, model: "jon's" });
    const quoted = /-d '(.*)'$/s.exec(code)?.[1] ?? '';
    expect(JSON.parse(quoted.replaceAll(String.raw`'\''`, "'"))).toMatchObject({ model: "jon's" });
  });
});

test('colouring changes no letter', () => {
  for (const language of snippetLanguages) {
    const code = snippet(language, facts);
    const pieces = splitStrings(code);
    expect(pieces.map(({ text }) => text).join('')).toBe(code);
    expect(pieces.some(({ isString }) => isString)).toBe(true);
  }
});
