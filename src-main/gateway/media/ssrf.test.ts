import { createServer } from 'node:http';
import type { LookupFunction } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { createHttpClient } from '../../platform/http/http-client.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { pngUrl } from '../../testing/png.ts';
import { fetchPicture } from './fetch-picture.ts';
import { hostileAddresses, namesOfTheInside } from './hostile-addresses.fixture.ts';

const picture = Buffer.from(pngUrl(1, [0, 0, 0]).split(',')[1] ?? '', 'base64');

/** Whatever reaches it was led past the guard. */
interface Canary {
  readonly port: number;
  hits: number;
  close(): Promise<void>;
}

async function startCanary(): Promise<Canary> {
  const server = createServer((_request, response) => {
    canary.hits += 1;
    response.writeHead(200, { 'content-type': 'image/png' }).end(picture);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const canary: Canary = {
    port,
    hits: 0,
    close: () =>
      new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      ),
  };
  return canary;
}

let canary: Canary;
beforeAll(async () => {
  canary = await startCanary();
});
afterAll(() => canary.close());

/** Names of the corpus mean addresses inside. */
const hostileNames: LookupFunction = (hostname, options, callback) => {
  const addresses = namesOfTheInside(hostname);
  const entries = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  if (options.all === true) callback(null, entries);
  else callback(null, entries[0]?.address ?? '', entries[0]?.family ?? 4);
};

function client(isPublicOnly: boolean, resolve = hostileNames): HttpClient {
  return createHttpClient({
    register: createConnectionRegister(systemClock),
    purpose: 'pool',
    env: {},
    isPublicOnly,
    resolve,
  });
}

function streamOf(pieces: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  return ReadableStream.from(pieces);
}

/** Refused before anything was dialled; a failure of the network alone would prove nothing. */
const undialled = {
  code: 'invalid-request',
  param: 'messages[0]',
  message: expect.not.stringMatching(/cannot be reached|did not send/) as string,
};

const signal = new AbortController().signal;
const param = 'messages[0]';

describe('addresses that lead inside', () => {
  const corpus = hostileAddresses();

  test('the corpus holds at least sixty of them', () => {
    expect(new Set(corpus).size).toBeGreaterThanOrEqual(60);
  });

  test.each(corpus)('%s is not asked', async (url) => {
    await expect(
      fetchPicture(url, { http: client(true), clock: systemClock }, { signal, param }),
    ).rejects.toMatchObject(undialled);
  });

  test.each(corpus.filter((url) => /^https?:/.test(url)))(
    '%s behind a redirect is not asked',
    async (url) => {
      const guarded = client(true);
      const http: HttpClient = {
        request: (request) =>
          request.url === 'https://pictures.example/'
            ? Promise.resolve({
                status: 302,
                headers: { location: url },
                body: streamOf([]),
              })
            : guarded.request(request),
      };
      await expect(
        fetchPicture('https://pictures.example/', { http, clock: systemClock }, { signal, param }),
      ).rejects.toMatchObject(undialled);
    },
  );
});

/** Sockets of the corpus go to ports that nothing listens on here; these go where the canary is. */
describe('the gate itself', () => {
  const spellings = [
    '127.0.0.1',
    '[::ffff:127.0.0.1]',
    '2130706433',
    '0x7f.1',
    'localtest.example',
  ];

  test.each(spellings)('lets nothing through to %s', async (host) => {
    const before = canary.hits;
    const url = `http://${host}:${canary.port.toString()}/`;
    await expect(client(true).request({ method: 'GET', url })).rejects.toMatchObject({
      code: 'forbidden',
      reason: 'not-public',
    });
    expect(canary.hits).toBe(before);
  });

  test('a name that changes its mind is dialled where it was judged', async () => {
    const before = canary.hits;
    let asked = 0;
    const changing: LookupFunction = (_hostname, _options, callback) => {
      asked += 1;
      callback(null, [{ address: asked === 1 ? '192.0.32.10' : '127.0.0.1', family: 4 }]);
    };
    const url = `http://rebinding.test:${canary.port.toString()}/`;
    const stop = AbortSignal.timeout(300);
    await expect(
      client(true, changing).request({ method: 'GET', url, signal: stop }),
    ).rejects.toThrow();
    expect([asked, canary.hits]).toEqual([1, before]);
  });

  test('without it every one of them reaches the inside', async () => {
    for (const host of spellings) {
      const before = canary.hits;
      const url = `http://${host}:${canary.port.toString()}/`;
      const { status } = await client(false).request({ method: 'GET', url });
      expect([host, status, canary.hits]).toEqual([host, 200, before + 1]);
    }
  });
});

describe('what is no picture', () => {
  const answer = (status: number, body: readonly Uint8Array[], headers = {}): HttpClient => ({
    request: () =>
      Promise.resolve({
        status,
        headers,
        body: streamOf(body),
      }),
  });
  const fetching = (http: HttpClient) =>
    fetchPicture('https://pictures.example/a.png', { http, clock: systemClock }, { signal, param });

  test('a page of HTML under the type of a picture is refused', async () => {
    const http = answer(200, [Buffer.from('<html>secret</html>')], { 'content-type': 'image/png' });
    await expect(fetching(http)).rejects.toThrow('no PNG, JPEG, GIF or WebP picture');
  });

  test('more than 10 MiB are refused', async () => {
    const megabyte = Buffer.alloc(1024 * 1024);
    await expect(
      fetching(
        answer(
          200,
          Array.from({ length: 11 }, () => megabyte),
        ),
      ),
    ).rejects.toThrow('larger than 10 MiB');
  });

  test('an endless chain of redirects is refused', async () => {
    const http = answer(302, [], { location: 'https://pictures.example/b.png' });
    await expect(fetching(http)).rejects.toThrow('redirects more than 2 times');
  });

  test('what the network says is not passed on', async () => {
    const http: HttpClient = {
      request: () => Promise.reject(new MillpondError('unavailable', 'ECONNREFUSED 10.0.0.7:22')),
    };
    await expect(fetching(http)).rejects.toThrow(/cannot be reached$/);
  });

  test('a picture becomes a data: URL', async () => {
    expect(await fetching(answer(200, [picture]))).toMatch(/^data:image\/png;base64,iVBOR/);
  });
});
