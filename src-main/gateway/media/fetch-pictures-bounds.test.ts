import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { asking, openScene, place, png } from './pictures.fixture.ts';
import { patience } from '../../testing/patience.ts';

const urls = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${place}/${index.toString()}.png`);

describe('bounds of the pictures of a request', () => {
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
    }, patience);
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

describe('the time that pictures may take', () => {
  /** A server that keeps every request waiting, under a clock that stands still. */
  async function openSlowScene(begin: (response: ServerResponse) => void = () => undefined) {
    const clock = createFakeClock();
    const waiting: ServerResponse[] = [];
    const scene = await openScene({
      clock,
      picture: (response) => {
        waiting.push(response);
        begin(response);
      },
    });
    const arrived = (count: number) =>
      vi.waitFor(() => {
        expect(waiting).toHaveLength(count);
      }, patience);
    return { ...scene, clock, waiting, arrived };
  }

  const beginnings: readonly (readonly [string, (response: ServerResponse) => void])[] = [
    ['never answers', () => undefined],
    ['stops in the middle', (response) => response.write(png.subarray(0, png.length / 2))],
  ];

  test.each(beginnings)('one whose server %s is given up after five seconds', async (_, begin) => {
    const { openai, calls, clock, waiting, arrived } = await openSlowScene(begin);
    const refused = expect(openai.chat.completions.create(asking(...urls(1)))).rejects.toThrow(
      'pictures.example did not send it within 5 s',
    );
    await arrived(1);
    await clock.advance(4999);
    expect(waiting.map(({ destroyed }) => destroyed)).toEqual([false]);
    await clock.advance(1);
    await refused;
    await vi.waitFor(() => {
      expect(waiting.map(({ destroyed }) => destroyed)).toEqual([true]);
    }, patience);
    expect(calls()).toEqual([]);
  });

  test('redirects do not begin it anew', async () => {
    const { openai, fetched, clock, waiting, arrived } = await openSlowScene();
    const refused = expect(openai.chat.completions.create(asking(...urls(1)))).rejects.toThrow(
      'did not send it within 5 s',
    );
    await arrived(1);
    await clock.advance(4999);
    waiting[0]?.writeHead(302, { location: `${place}/elsewhere.png` }).end();
    await arrived(2);
    await clock.advance(1);
    await refused;
    expect(fetched).toEqual(['/0.png', '/elsewhere.png']);
  });

  test('eight that are as slow as they may be keep nobody waiting for more than ten seconds', async () => {
    const { openai, calls, clock, waiting, arrived } = await openSlowScene();
    const refused = expect(openai.chat.completions.create(asking(...urls(8)))).rejects.toThrow(
      'did not send it within 5 s',
    );
    const start = clock.monotonic();
    await arrived(4);
    await clock.advance(4999);
    for (const response of waiting) response.end(png);
    await arrived(8);
    await clock.advance(4999);
    expect(waiting.slice(4).map(({ destroyed }) => destroyed)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    await clock.advance(1);
    await refused;
    expect(clock.monotonic() - start).toBeLessThanOrEqual(10_000);
    expect(calls()).toEqual([]);
  });
});

describe('the size that pictures may have together', () => {
  const head = 'data:image/png;base64,'.length;
  const allowed = 32 * 1024 * 1024;
  /** Three bytes become four characters. */
  const bytesIn = (characters: number): number => (characters / 4) * 3;
  /** Four pictures that fill a request to the last character, if nothing is added. */
  const sizes = (() => {
    const characters = allowed - 4 * head;
    const each = Math.floor(characters / 16) * 4;
    return [each, each, each, characters - 3 * each].map(bytesIn);
  })();
  const sized = (size: number): Buffer => Buffer.concat([png, Buffer.alloc(size - png.length)]);
  const openLargeScene = (added: number) =>
    openScene({
      picture: (response, path) => {
        const index = Number(path.slice(1, -'.png'.length));
        response.end(sized((sizes[index] ?? 0) + (index === 3 ? added : 0)));
      },
    });

  test('is 32 MiB as base64', async () => {
    const { openai, seen } = await openLargeScene(0);
    await openai.chat.completions.create(asking(...urls(4)));
    expect(seen().map((url) => url.slice(0, head))).toEqual(
      Array.from({ length: 4 }, () => 'data:image/png;base64,'),
    );
    expect(seen().reduce((sum, url) => sum + url.length, 0)).toBe(allowed);
  });

  test('is not one byte more', async () => {
    const { openai, calls } = await openLargeScene(1);
    await expect(openai.chat.completions.create(asking(...urls(4)))).rejects.toMatchObject({
      status: 400,
      param: expect.stringMatching(/^messages\[0\]\.content\[\d\]\.image_url$/) as string,
      message: expect.stringContaining('together they are too large') as string,
    });
    expect(calls()).toEqual([]);
  });
});
