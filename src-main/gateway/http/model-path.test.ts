import { describe, expect, test } from 'vitest';
import { splitModelPath } from './model-path.ts';

const known =
  (...models: readonly string[]) =>
  (model: string) =>
    models.includes(model);

describe('a path under /v1/models/', () => {
  test.each([
    ['guide/chat/completions', 'guide', 'chat/completions'],
    ['acme/tiny:Q4/embeddings', 'acme/tiny:Q4', 'embeddings'],
    ['acme%2Ftiny%3AQ4/rerank', 'acme/tiny:Q4', 'rerank'],
  ])('%s', (path, model, operation) => {
    expect(splitModelPath(path, known(model))).toEqual({ model, operation });
  });

  test('is read for the longest known id when an id ends like an operation', () => {
    const path = 'acme/chat/completions';
    expect(splitModelPath(path, known('acme'))).toMatchObject({ model: 'acme' });
    expect(splitModelPath(path, known('acme/chat'))).toMatchObject({ model: 'acme/chat' });
    expect(splitModelPath(path, known('acme', 'acme/chat'))).toEqual({
      model: 'acme/chat',
      operation: 'completions',
    });
  });

  test('of no known model is still read, so that the model can be named as unknown', () => {
    expect(splitModelPath('x/chat/completions', known())).toEqual({
      model: 'x',
      operation: 'chat/completions',
    });
  });

  test.each(['guide', 'guide/dream', '/completions', '%E0%A4%A/completions'])(
    '%s is no operation of a model',
    (path) => {
      expect(splitModelPath(path, known('guide'))).toBeUndefined();
    },
  );
});
