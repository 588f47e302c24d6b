import { expect, test } from 'vitest';
import { chatRequest } from '../../testing/inference-requests.ts';
import {
  fakeServer,
  openAttachedServers,
  sayThrough,
} from '../../testing/open-attached-servers.ts';
import type { OpenedAttachedServers } from '../../testing/open-attached-servers.ts';

const { signal } = new AbortController();
const cloudModel = 'gpt-oss:120b-cloud';

/** An Ollama of this machine with one model of its own and one that it hands on to its cloud. */
async function attachOllama() {
  const server = await fakeServer({
    kind: 'ollama',
    models: [{ id: 'llama3:latest' }, { id: cloudModel, remoteHost: 'https://ollama.com:443' }],
    pieceMs: 20,
  });
  const opened = openAttachedServers();
  await opened.attached.add({ url: server.url }, { signal });
  return { opened, server };
}

function listed({ register }: OpenedAttachedServers) {
  return register.hosts().find(({ host }) => host === 'ollama.com');
}

test('Local only keeps prompts from the cloud behind a server of this machine', async () => {
  const { opened, server } = await attachOllama();
  opened.register.setLocalOnly(true);
  await expect(sayThrough(opened, cloudModel)).rejects.toMatchObject({
    code: 'forbidden',
    reason: 'local-only',
    message: expect.stringContaining('Local only is on: ollama.com was not contacted') as string,
  });
  expect(server.bodies).toEqual([]);
  expect(listed(opened)).toMatchObject({ requests: 0, refused: 1, sentBytes: 0 });
  expect(await sayThrough(opened, 'llama3:latest')).toBe('hello');
});

test('what a server of this machine hands on is listed under the host that gets it', async () => {
  const { opened } = await attachOllama();
  expect(await sayThrough(opened, 'llama3:latest')).toBe('hello');
  expect(listed(opened)).toBeUndefined();
  expect(await sayThrough(opened, cloudModel)).toBe('hello');
  const contact = listed(opened);
  expect(contact).toMatchObject({ isLoopback: false, requests: 1, purposes: ['attached-server'] });
  expect(contact?.sentBytes).toBeGreaterThan(0);
  expect(contact?.receivedBytes).toBeGreaterThan(0);
});

test('turning Local only on ends an answer that comes from elsewhere', async () => {
  const { opened } = await attachOllama();
  const upstream = opened.attached.upstreamFor(cloudModel);
  if (upstream === undefined) throw new Error('the cloud model is not offered');
  const read = async (): Promise<void> => {
    for await (const chunk of upstream.backend.infer(chatRequest('count'), { signal })) {
      if (chunk.type === 'text') opened.register.setLocalOnly(true);
    }
  };
  await expect(read()).rejects.toMatchObject({ code: 'forbidden', reason: 'local-only' });
  expect(listed(opened)).toMatchObject({ requests: 1, refused: 1 });
});
