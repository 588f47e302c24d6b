import { z } from 'zod';
import { expect, test } from '../fixtures/openai.ts';
import { scripts } from '../fixtures/scripted-models.ts';

test('completions answer plain and streamed', async ({ openai, slow }) => {
  const request = { model: slow, prompt: 'Count:', max_tokens: 6 };
  const plain = await openai.completions.create(request);
  expect(plain.choices[0]?.text).toBe(' 1 2 3 4 5 6');
  let text = '';
  for await (const chunk of await openai.completions.create({ ...request, stream: true })) {
    text += chunk.choices[0]?.text ?? '';
  }
  expect(text).toBe(' 1 2 3 4 5 6');
});

test('a completion can repeat its prompt', async ({ openai, slow }) => {
  const request = { model: slow, prompt: 'Count:', max_tokens: 2, echo: true };
  const answer = await openai.completions.create(request);
  expect(answer.choices[0]?.text).toBe('Count: 1 2');
});

test('embeddings are normalised, batched, and equal as floats and as base64', async ({
  openai,
}) => {
  const request = { model: 'guide', input: ['a mill pond', 'the miller’s daughter'] };
  const floats = await openai.embeddings.create({ ...request, encoding_format: 'float' });
  expect(floats.data.map((entry) => entry.index)).toEqual([0, 1]);
  for (const { embedding } of floats.data) {
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 3);
  }
  // Without a format the client asks for base64 and decodes it.
  const decoded = await openai.embeddings.create(request);
  decoded.data.forEach(({ embedding }, index) => {
    const expected = floats.data[index]?.embedding ?? [];
    expect(embedding).toHaveLength(expected.length);
    embedding.forEach((value, at) => expect(value).toBeCloseTo(expected[at] ?? NaN, 5));
  });
  expect(floats.usage.prompt_tokens).toBeGreaterThan(0);
});

test('E10: the model list has OpenAI’s shape and shows no path', async ({ openai, scripted }) => {
  const listed = [];
  for await (const model of openai.models.list()) listed.push(model);
  expect(listed.map((model) => model.id)).toEqual(expect.arrayContaining(['guide', scripted]));
  for (const model of listed) {
    expect(model.object).toBe('model');
    expect(model.created).toBeGreaterThan(0);
    expect(typeof model.owned_by).toBe('string');
  }
  expect(JSON.stringify(listed)).not.toMatch(/\.gguf|https?:|\/tmp/);
});

test('a model can be asked for by its id, also where the id contains slashes', async ({
  openai,
  runtime,
  scripted,
}) => {
  expect((await openai.models.retrieve('guide')).id).toBe('guide');
  for (const id of [scripted, encodeURIComponent(scripted)]) {
    const response = await fetch(`${runtime.origin}/v1/models/${id}`);
    expect(z.object({ id: z.string() }).parse(await response.json()).id).toBe(scripted);
    const answer = await fetch(`${runtime.origin}/v1/models/${id}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }] }),
    });
    expect(await answer.text()).toContain(scripts.greeting);
  }
});

test('health is open, metrics are not', async ({ runtime }) => {
  expect((await fetch(`${runtime.origin}/health`)).status).toBe(200);
  expect((await fetch(`${runtime.origin}/metrics`)).status).toBe(401);
});
