import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { discardBody, readBodyText } from '../../core/http-body.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { serveHttp, startProxy } from '../../testing/http-servers.ts';
import { createConnectionRegister } from './connection-register.ts';
import type { ConnectionRegister } from './connection-register.ts';
import { createHttpClient } from './http-client.ts';
import type { ClosableHttpClient, HttpClientDeps } from './http-client.ts';
import { createLocalNames } from './local-names.ts';

interface Opened {
  readonly client: ClosableHttpClient;
  readonly register: ConnectionRegister;
}

function openClient(options: Partial<HttpClientDeps> = {}): Opened {
  const register = options.register ?? createConnectionRegister(createFakeClock(5));
  const client = createHttpClient({ purpose: 'hub', env: {}, ...options, register });
  onTestFinished(() => client.close());
  return { client, register };
}

const here = createLocalNames(() => Promise.resolve('127.0.0.1 my-box my-box.home\n10.0.0.9 nas'));

test('counts requests, sent bodies and received bytes of every host', async () => {
  const url = await serveHttp((request, response) => {
    request.resume();
    request.once('end', () => response.end('hello'));
  });
  const { client, register } = openClient();
  expect(await readBodyText(await client.request({ method: 'POST', url, body: 'grüße' }))).toBe(
    'hello',
  );
  await readBodyText(await client.request({ method: 'GET', url }));
  expect(register.hosts()).toEqual([
    {
      host: new URL(url).host,
      isLoopback: true,
      purposes: ['hub'],
      requests: 2,
      sentBytes: 7,
      receivedBytes: 10,
      refused: 0,
      lastAt: 5,
    },
  ]);
});

test('says which host cannot be reached and why, and counts no body that never left', async () => {
  const { client, register } = openClient();
  const asking = client.request({ method: 'POST', url: 'http://127.0.0.1:1/', body: 'prompt' });
  await expect(asking).rejects.toMatchObject({
    code: 'unavailable',
    reason: 'refused',
    message: '127.0.0.1:1 cannot be reached: nothing answers at that address',
  });
  expect(register.hosts()).toMatchObject([{ requests: 1, sentBytes: 0 }]);
});

test('says when an https address is a plain one', async () => {
  const url = await serveHttp((_, response) => response.end());
  const { client } = openClient();
  const asking = client.request({ method: 'GET', url: url.replace('http:', 'https:') });
  await expect(asking).rejects.toMatchObject({ reason: 'not-tls' });
});

test('counts the body of a request that broke off after it was sent', async () => {
  const url = await serveHttp((request) => {
    request.once('data', () => request.socket.destroy());
  });
  const { client, register } = openClient();
  const asking = client.request({ method: 'POST', url, body: 'prompt' });
  await expect(asking).rejects.toMatchObject({ code: 'unavailable', reason: 'broken-off' });
  expect(register.hosts()).toMatchObject([{ sentBytes: 6 }]);
});

test('says when an answer breaks off in its middle', async () => {
  const url = await serveHttp((_, response) => {
    response.write('half');
    setImmediate(() => response.destroy());
  });
  const { client } = openClient();
  const response = await client.request({ method: 'GET', url });
  await expect(readBodyText(response)).rejects.toMatchObject({
    code: 'unavailable',
    message: `${new URL(url).host} broke off in the middle of its answer`,
  });
});

test('passes the reason of an abort on, before and in the middle of an answer', async () => {
  const url = await serveHttp((request, response) => {
    if (request.url === '/streams') response.write('half');
  });
  const { client } = openClient();
  for (const path of ['/waits', '/streams']) {
    const stop = new AbortController();
    const asking = client
      .request({ method: 'GET', url: `${url}${path}`, signal: stop.signal })
      .then((response) => {
        stop.abort();
        return readBodyText(response);
      });
    if (path === '/waits') stop.abort();
    await expect(asking).rejects.toMatchObject({ code: 'cancelled' });
  }
});

test('frees the connection of an answer that is left, also before its first byte is read', async () => {
  const left: Promise<unknown>[] = [];
  const url = await serveHttp((_, response) => {
    left.push(once(response, 'close'));
    response.write('endless');
  });
  const { client } = openClient();
  await discardBody(await client.request({ method: 'GET', url }));
  for await (const _ of (await client.request({ method: 'GET', url })).body) break;
  await Promise.all(left);
  expect(left).toHaveLength(2);
});

test('pulls no faster than its reader', async () => {
  const piece = Buffer.alloc(256 * 1024);
  let written = 0;
  const url = await serveHttp((_, response) => {
    const write = (): void => {
      do written += piece.length;
      while (response.write(piece));
    };
    response.on('drain', write);
    write();
  });
  const { client, register } = openClient();
  const response = await client.request({ method: 'GET', url });
  const reader = response.body[Symbol.asyncIterator]();
  await reader.next();
  await expect.poll(() => isStill(() => written)).toBe(true);
  expect(written).toBeLessThan(64 * 1024 * 1024);
  expect(register.hosts()[0]?.receivedBytes).toBeLessThanOrEqual(64 * 1024);
  await reader.return?.();
});

/** Whether a figure stays what it is over many turns of the event loop. */
async function isStill(figure: () => number): Promise<boolean> {
  const before = figure();
  for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return figure() === before;
}

test('follows no redirect', async () => {
  const url = await serveHttp((_, response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
  });
  const { client } = openClient();
  const response = await client.request({ method: 'GET', url });
  expect(response).toMatchObject({ status: 302, headers: { location: 'http://127.0.0.1:1/' } });
  await discardBody(response);
});

test('refuses an address that is not http', async () => {
  const { client, register } = openClient();
  for (const url of ['file:///etc/passwd', 'nonsense', 'ftp://a.example/']) {
    const asking = client.request({ method: 'GET', url });
    await expect(asking).rejects.toMatchObject({ code: 'invalid-request' });
  }
  expect(register.hosts()).toEqual([]);
});

test('Local only lets requests to this machine out, by address and by name', async () => {
  const url = new URL(await serveHttp((_, response) => response.end('hello')));
  const { client, register } = openClient({ localNames: here });
  register.setLocalOnly(true);
  for (const name of ['127.0.0.1', 'localhost', 'my-box', 'MY-BOX.home.']) {
    const response = await client.request({ method: 'GET', url: `http://${name}:${url.port}/` });
    expect(await readBodyText(response)).toBe('hello');
  }
  expect(register.hosts().every((host) => host.isLoopback && host.refused === 0)).toBe(true);
});

test('Local only refuses everything else without asking a name server', async () => {
  const { client, register } = openClient({ localNames: here });
  register.setLocalOnly(true);
  for (const host of [
    'huggingface.co',
    '192.0.2.1',
    '[2001:db8::1]:8000',
    'nas',
    '127.0.0.1.example.org',
  ]) {
    await expect(client.request({ method: 'GET', url: `https://${host}/` })).rejects.toMatchObject({
      code: 'forbidden',
      reason: 'local-only',
      message: `Local only is on: ${host} was not contacted; turn it off in Settings to allow this`,
    });
  }
  expect(register.hosts().map(({ requests, refused }) => [requests, refused])).toEqual(
    Array.from({ length: 5 }, () => [0, 1]),
  );
});

test('a name that leads to this machine is found out when it is connected', async () => {
  const url = new URL(await serveHttp((_, response) => response.end()));
  const { client, register } = openClient();
  await discardBody(await client.request({ method: 'GET', url: `http://localhost:${url.port}/` }));
  expect(register.hosts()).toMatchObject([{ isLoopback: true }]);
});

test('asks the proxy for other hosts and never for this machine', async () => {
  const url = await serveHttp((_, response) => response.end('direct'));
  const proxy = await startProxy((_, response) => response.end('proxied'));
  const { client, register } = openClient({ env: { HTTP_PROXY: proxy.url } });
  const get = async (address: string): Promise<string> =>
    readBodyText(await client.request({ method: 'GET', url: address }));
  expect(await get('http://models.example/list')).toBe('proxied');
  expect(await get(url)).toBe('direct');
  expect(proxy.asked).toEqual(['http://models.example/list']);
  expect(register.hosts().map(({ host, isLoopback }) => [host, isLoopback])).toEqual([
    ['models.example', false],
    [new URL(url).host, true],
  ]);
});

test('asks what NO_PROXY names directly', async () => {
  const proxy = await startProxy((_, response) => response.end('proxied'));
  const { client } = openClient({ env: { HTTP_PROXY: proxy.url, NO_PROXY: '.invalid' } });
  const asking = client.request({ method: 'GET', url: 'http://models.invalid/' });
  await expect(asking).rejects.toMatchObject({ reason: 'name-unknown' });
  expect(proxy.asked).toEqual([]);
});

test('says when the proxy refuses a tunnel', async () => {
  const proxy = await startProxy((_, response) => response.end());
  const { client } = openClient({ env: { HTTPS_PROXY: proxy.url } });
  const asking = client.request({ method: 'GET', url: 'https://models.example/' });
  await expect(asking).rejects.toMatchObject({ code: 'unavailable', reason: 'proxy' });
  expect(proxy.asked).toEqual(['models.example:443']);
});

test('Local only refuses what a proxy on this machine would carry elsewhere', async () => {
  const proxy = await startProxy((_, response) => response.end('proxied'));
  const { client, register } = openClient({ env: { HTTP_PROXY: proxy.url }, localNames: here });
  register.setLocalOnly(true);
  const asking = client.request({ method: 'GET', url: 'http://models.example/list' });
  await expect(asking).rejects.toMatchObject({ reason: 'local-only' });
  expect(proxy.asked).toEqual([]);
});

test('turning Local only on cuts an answer from elsewhere and none from here', async () => {
  let own: ServerResponse | undefined;
  const url = await serveHttp((_, response) => {
    response.write('half');
    own = response;
  });
  // A host that is only reached over the proxy lies elsewhere, with no other machine needed.
  const proxy = await startProxy((_, response) => {
    response.write('half');
  });
  const { client, register } = openClient({ env: { http_proxy: proxy.url } });
  const fromHere = await client.request({ method: 'GET', url });
  const fromElsewhere = await client.request({ method: 'GET', url: 'http://models.example/' });
  register.setLocalOnly(true);
  await expect(readBodyText(fromElsewhere)).rejects.toMatchObject({
    reason: 'local-only',
    message: 'Local only was turned on: the connection to models.example was ended',
  });
  own?.end(' whole');
  expect(await readBodyText(fromHere)).toBe('half whole');
  expect(register.hosts()).toMatchObject([{ refused: 0 }, { host: 'models.example', refused: 1 }]);
});

test('turning Local only off lets requests out again', async () => {
  const proxy = await startProxy((_, response) => response.end('proxied'));
  const { client, register } = openClient({ env: { HTTP_PROXY: proxy.url }, localNames: here });
  const get = () => client.request({ method: 'GET', url: 'http://models.example/' });
  register.setLocalOnly(true);
  await expect(get()).rejects.toMatchObject({ reason: 'local-only' });
  register.setLocalOnly(false);
  expect(await readBodyText(await get())).toBe('proxied');
});

test('says so when the environment names a proxy that is none, without repeating it', async () => {
  const { client } = openClient({ env: { HTTPS_PROXY: 'ftp://user:secret@proxy.example' } });
  const asking = client.request({ method: 'GET', url: 'http://127.0.0.1:1/' });
  await expect(asking).rejects.toMatchObject({
    code: 'invalid-request',
    message: expect.not.stringContaining('secret') as string,
  });
});

test('reads no more of a text than it was told to', async () => {
  const url = await serveHttp((_, response) => response.end('x'.repeat(100)));
  const { client } = openClient();
  const response = await client.request({ method: 'GET', url });
  await expect(readBodyText(response, { maxBytes: 50 })).rejects.toMatchObject({
    code: 'too-large',
  });
});
