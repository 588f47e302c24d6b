import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { HttpClient } from '../../core/http.ts';
import type { CanonicalInput, WireDialect } from '../../core/inference.ts';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { createHttpClient } from '../../platform/http/http-client.ts';
import { systemClock } from '../../platform/system-clock.ts';
import {
  directoryOf,
  everyCapability,
  localUpstream,
  nothingOutside,
  offeredModel,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import { serveHttp } from '../../testing/http-servers.ts';
import { pngUrl } from '../../testing/png.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import type { Upstream } from '../ports.ts';

const dataUrl = pngUrl(1, [9, 9, 9]);
const png = Buffer.from(dataUrl.split(',')[1] ?? '', 'base64');
const place = 'https://pictures.example';

interface Scene {
  readonly isAllowed?: boolean;
  readonly speaks?: readonly (readonly WireDialect[])[];
  readonly canSee?: boolean;
  readonly picture?: (response: ServerResponse, path: string) => void;
}

/** A gateway over upstreams of these dialects, and a server of pictures under a public name. */
async function openScene({ isAllowed = true, speaks = [[]], canSee = true, picture }: Scene = {}) {
  const fetched: string[] = [];
  const origin = await serveHttp((request, response) => {
    fetched.push(request.url ?? '');
    if (picture !== undefined) picture(response, request.url ?? '');
    else response.end(png);
  });
  const backends = speaks.map(() => createScriptedBackend(() => saying('a pond')));
  const upstreams = backends.map((backend, index): Upstream => {
    return { ...localUpstream(backend, `u${index.toString()}`), speaks: speaks[index] ?? [] };
  });
  const model = offeredModel('seer', { capabilities: { ...everyCapability, vision: canSee } });
  const { gateway } = await startGateway(
    createScriptedBackend(() => []),
    {
      directory: directoryOf([model], upstreams),
      outside: { ...nothingOutside, pictures: picturesAt(origin) },
      preferences: () => ({ keyless: true, fetchPictures: isAllowed }),
    },
  );
  onTestFinished(() => gateway.stop());
  const baseURL = gateway.address().origin;
  const calls = () => backends.flatMap((backend) => backend.calls);
  return {
    fetched,
    calls,
    openai: new OpenAI({ apiKey: 'keyless', baseURL: `${baseURL}/v1`, maxRetries: 0 }),
    anthropic: new Anthropic({ apiKey: 'keyless', baseURL, maxRetries: 0 }),
    /** What the first upstream that was asked got to see. */
    seen: () => picturesIn(calls()[0]?.request.input),
  };
}

/** One public name leads to the server of this test; everything else meets the real guard. */
function picturesAt(origin: string): HttpClient {
  const register = createConnectionRegister(systemClock);
  const open = createHttpClient({ register, purpose: 'picture', env: {} });
  const guarded = createHttpClient({ register, purpose: 'picture', env: {}, isPublicOnly: true });
  onTestFinished(async () => {
    await open.close();
    await guarded.close();
  });
  return {
    request: (request) =>
      request.url.startsWith(`${place}/`)
        ? open.request({ ...request, url: request.url.replace(place, origin) })
        : guarded.request(request),
  };
}

function picturesIn(input: CanonicalInput | undefined): readonly string[] {
  if (input?.task !== 'chat' && input?.task !== 'count') return [];
  return input.messages.flatMap((message) => {
    if (message.role === 'tool') return (message.images ?? []).map(({ url }) => url);
    if (message.role !== 'user') return [];
    return message.content.flatMap((part) => (part.type === 'image' ? [part.url] : []));
  });
}

const asking = (...urls: readonly string[]): OpenAI.ChatCompletionCreateParamsNonStreaming => ({
  model: 'seer',
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is it?' },
        ...urls.map((url) => ({ type: 'image_url' as const, image_url: { url } })),
      ],
    },
  ],
});

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

describe('bounds', () => {
  const urls = (count: number) =>
    Array.from({ length: count }, (_, index) => `${place}/${index.toString()}.png`);

  test('eight pictures are fetched, four at once', async () => {
    let [open, most] = [0, 0];
    const { openai, seen } = await openScene({
      picture: (response) => {
        open += 1;
        most = Math.max(most, open);
        // Whoever could come at the same time has come by then.
        void (async () => {
          for (let turn = 0; turn < 50; turn += 1) await nextTurn();
          open -= 1;
          response.end(png);
        })();
      },
    });
    await openai.chat.completions.create(asking(...urls(8)));
    expect(seen()).toHaveLength(8);
    expect([most > 1, most <= 4]).toEqual([true, true]);
  });

  test('nine are refused before the first', async () => {
    const { openai, fetched } = await openScene();
    await expect(openai.chat.completions.create(asking(...urls(9)))).rejects.toThrow(
      'at most 8 addresses',
    );
    expect(fetched).toEqual([]);
  });

  test('one that cannot be had ends the others and names its field', async () => {
    let hanging: ServerResponse | undefined;
    const { openai, calls } = await openScene({
      picture: (response, path) => {
        if (path === '/0.png') hanging = response;
        else response.writeHead(404).end();
      },
    });
    await expect(openai.chat.completions.create(asking(...urls(2)))).rejects.toMatchObject({
      status: 400,
      param: 'messages[0].content[2].image_url',
    });
    expect(calls()).toEqual([]);
    await vi.waitFor(() => {
      expect(hanging === undefined || hanging.destroyed).toBe(true);
    });
  });

  test('where it cannot be had, somebody of the same dialect is asked instead', async () => {
    const { openai, calls } = await openScene({
      speaks: [[], ['openai']],
      picture: (response) => response.writeHead(404).end(),
    });
    const answer = await openai.chat.completions.create(asking(`${place}/a.png`));
    expect(answer.choices[0]?.message.content).toBe('a pond');
    expect(calls().map(({ request }) => request.raw?.demands.length)).toEqual([1]);
  });

  test('a caller that leaves ends the fetching', async () => {
    const arrived = Promise.withResolvers<ServerResponse>();
    const { openai } = await openScene({ picture: arrived.resolve });
    const leave = new AbortController();
    const asked = openai.chat.completions.create(asking(`${place}/a.png`), {
      signal: leave.signal,
    });
    const refused = expect(asked).rejects.toThrow();
    const response = await arrived.promise;
    const closed = once(response, 'close');
    leave.abort();
    await Promise.all([refused, closed]);
  });
});
