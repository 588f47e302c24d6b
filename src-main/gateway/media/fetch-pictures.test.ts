import type Anthropic from '@anthropic-ai/sdk';
import { describe, expect, test } from 'vitest';
import { asking, dataUrl, openScene, picturesIn, place } from './pictures.fixture.ts';

describe('a picture by its address', () => {
  test('reaches a model here as a picture, asked by the openai client', async () => {
    const { openai, fetched, seen } = await openScene();
    const answer = await openai.chat.completions.create(asking(`${place}/a.png`));
    expect(answer.choices[0]?.message.content).toBe('a pond');
    expect([fetched, seen()]).toEqual([['/a.png'], [dataUrl]]);
  });

  test('the same in a stream and by the Responses API', async () => {
    const { openai, fetched, calls } = await openScene();
    const stream = await openai.chat.completions.create({
      ...asking(`${place}/a.png`),
      stream: true,
    });
    expect((await Array.fromAsync(stream)).length).toBeGreaterThan(1);
    const image = { type: 'input_image' as const, image_url: `${place}/b.png` };
    const response = await openai.responses.create({
      model: 'seer',
      input: [{ role: 'user', content: [{ ...image, detail: 'auto' }] }],
    });
    expect(response.output_text).toBe('a pond');
    expect(fetched).toEqual(['/a.png', '/b.png']);
    expect(calls().map(({ request }) => picturesIn(request.input))).toEqual([[dataUrl], [dataUrl]]);
  });

  test('the same by the Anthropic client, in a question and in what a tool returned', async () => {
    const { anthropic, fetched, seen } = await openScene();
    const image = (path: string): Anthropic.ImageBlockParam => ({
      type: 'image',
      source: { type: 'url', url: `${place}${path}` },
    });
    const answer = await anthropic.messages.create({
      model: 'seer',
      max_tokens: 50,
      messages: [
        { role: 'user', content: [image('/asked.png'), { type: 'text', text: 'And this?' }] },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: [image('/returned.png')] },
          ],
        },
      ],
    });
    expect(answer.content).toMatchObject([{ type: 'text', text: 'a pond' }]);
    expect(fetched.toSorted()).toEqual(['/asked.png', '/returned.png']);
    expect(seen()).toEqual([dataUrl, dataUrl]);
  });

  test('is fetched once where it is named twice', async () => {
    const { openai, fetched, seen } = await openScene();
    await openai.chat.completions.create(asking(`${place}/a.png`, `${place}/a.png`));
    expect([fetched, seen()]).toEqual([['/a.png'], [dataUrl, dataUrl]]);
  });
});

describe('nothing is fetched', () => {
  const refusedFor = (param: string) => ({ status: 400, param });

  test('while the owner has not allowed it, for either client', async () => {
    const { openai, anthropic, fetched, calls } = await openScene({ isAllowed: false });
    await expect(openai.chat.completions.create(asking(`${place}/a.png`))).rejects.toMatchObject(
      refusedFor('messages[0].content[1].image_url'),
    );
    const source = { type: 'url' as const, url: `${place}/a.png` };
    const messages = [{ role: 'user' as const, content: [{ type: 'image' as const, source }] }];
    await expect(
      anthropic.messages.create({ model: 'seer', max_tokens: 5, messages }),
    ).rejects.toThrow('messages[0].content[0].source');
    expect([fetched, calls()]).toEqual([[], []]);
  });

  test('for an upstream of the same dialect: it gets the address, byte for byte', async () => {
    const { openai, fetched, calls, seen } = await openScene({ speaks: [['openai']] });
    await openai.chat.completions.create(asking(`${place}/a.png`));
    expect(fetched).toEqual([]);
    expect(seen()).toEqual([`${place}/a.png`]);
    expect(Buffer.from(calls()[0]?.request.raw?.body ?? []).toString()).toContain(
      `"url":"${place}/a.png"`,
    );
  });

  test('for a model that does not see', async () => {
    const { openai, fetched } = await openScene({ canSee: false });
    await expect(openai.chat.completions.create(asking(`${place}/a.png`))).rejects.toThrow(
      "The model 'seer' does not support images (vision)",
    );
    expect(fetched).toEqual([]);
  });

  test('where the request asks for something else that nobody here can do', async () => {
    const { openai, fetched } = await openScene();
    const body = { ...asking(`${place}/a.png`), web_search_options: {} };
    await expect(openai.chat.completions.create(body)).rejects.toMatchObject({ status: 400 });
    expect(fetched).toEqual([]);
  });

  test.each([
    'http://127.0.0.1/a.png',
    'http://[::1]/a.png',
    'http://169.254.169.254/latest/meta-data',
    'http://10.0.0.1/a.png',
    'http://localhost/a.png',
    'https://user:word@pictures.example/a.png',
    'https://pictures.example:22/a.png',
  ])('from %s', async (url) => {
    const { openai, fetched, calls } = await openScene();
    await expect(openai.chat.completions.create(asking(url))).rejects.toMatchObject(
      refusedFor('messages[0].content[1].image_url'),
    );
    expect([fetched, calls()]).toEqual([[], []]);
  });
});
