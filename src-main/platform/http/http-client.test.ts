import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createConnectionRegister, isLoopbackHost } from './connection-register.ts';
import { createHttpClient, readText } from './http-client.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function serverSaying(text: string): Promise<string> {
  const server = createServer((_, response) => {
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

test('counts every host that it contacts, before the first byte leaves', async () => {
  const url = await serverSaying('hello');
  const register = createConnectionRegister(() => 5);
  const client = createHttpClient({ register });
  cleanups.push(() => client.close());
  expect(await readText(await client.request({ method: 'GET', url }))).toBe('hello');
  await readText(await client.request({ method: 'GET', url }));
  expect(register.hosts()).toEqual([
    { host: new URL(url).host, isLoopback: true, requests: 2, lastAt: 5 },
  ]);
});

test('says which host cannot be reached', async () => {
  const client = createHttpClient({ register: createConnectionRegister(() => 0) });
  cleanups.push(() => client.close());
  await expect(client.request({ method: 'GET', url: 'http://127.0.0.1:1/' })).rejects.toMatchObject(
    {
      code: 'unavailable',
      message: '127.0.0.1:1 cannot be reached',
    },
  );
});

test('knows what stays on this machine', () => {
  expect(['localhost', '127.0.0.1:8484', '[::1]:80', '127.9.9.9'].every(isLoopbackHost)).toBe(true);
  expect(['127.0.0.1.example.org', 'huggingface.co', '10.0.0.1'].some(isLoopbackHost)).toBe(false);
});
