import { expect, test } from 'vitest';
import { nameModels } from './model-names.ts';
import type { NamingServer } from './model-names.ts';

function server(
  name: string,
  models: readonly string[],
  changes: Partial<NamingServer['stored']> = {},
): NamingServer {
  return {
    stored: { id: name, name, names: {}, hidden: [], ...changes },
    models: models.map((model) => ({ name: model })),
  };
}

function namesOf(servers: readonly NamingServer[], taken: readonly string[] = []): string[] {
  return nameModels(servers, (name) => taken.includes(name)).map(({ id }) => id);
}

test("a model is served under the server's name for it where that is free", () => {
  expect(namesOf([server('Ollama', ['llama3', 'qwen'])])).toEqual(['llama3', 'qwen']);
});

test('the same name at two servers is pinned to the younger one', () => {
  const servers = [server('Ollama', ['llama3']), server('LM Studio', ['llama3'])];
  expect(namesOf(servers)).toEqual(['llama3', 'llama3@lm-studio']);
});

test("this machine's own models keep their names", () => {
  expect(namesOf([server('Ollama', ['guide'])], ['guide'])).toEqual(['guide@ollama']);
});

test("a person's name wins, also over the default of an older server", () => {
  const renamed = server('vLLM', ['big'], { names: { big: 'llama3' } });
  expect(namesOf([server('Ollama', ['llama3']), renamed])).toEqual(['llama3@ollama', 'llama3']);
});

test("a person's name that somebody else holds gives way to the default", () => {
  const renamed = server('vLLM', ['big'], { names: { big: 'guide' } });
  expect(namesOf([renamed], ['guide'])).toEqual(['big']);
});

test('hidden models keep their names and are not offered', () => {
  const named = nameModels([server('Ollama', ['a', 'b'], { hidden: ['a'] })], () => false);
  expect(named.map(({ id, isOffered }) => [id, isOffered])).toEqual([
    ['a', false],
    ['b', true],
  ]);
});
