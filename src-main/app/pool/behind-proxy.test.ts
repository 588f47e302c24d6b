import { mkdirSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { get } from 'node:https';
import { join } from 'node:path';
import OpenAI from 'openai';
import { describe, expect, test, vi } from 'vitest';
import { Agent, fetch as fetchWith } from 'undici';
import { WebSocket } from 'ws';
import type { ControlClient } from '../../contract/control.ts';
import { livePath } from '../../contract/live.ts';
import { findFreePort } from '../../platform/http/free-port.ts';
import { createAuthority } from '../../platform/tls/authority.ts';
import { issueLeaf } from '../../platform/tls/leaf.ts';
import { serveHttp } from '../../testing/http-servers.ts';
import { membershipOf, poolPassword, spawnMachine } from '../../testing/pool-fixture.ts';
import { startReverseProxy } from '../../testing/reverse-proxy.ts';
import { isInstalled } from '../../testing/run-reverse-proxy.ts';
import type { ProxyProgram } from '../../testing/run-reverse-proxy.ts';
import { countingPieces } from '../../testing/scripted-gguf.ts';
import { startTestRuntime } from '../../testing/start-test-runtime.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

const programs: readonly ProxyProgram[] = ['nginx', 'caddy'];
const sites = programs.flatMap((program) => [
  { program, where: 'as the whole site', basePath: '' },
  { program, where: 'below a path of it', basePath: '/millpond' },
]);

interface Site {
  readonly files: CertificateFiles;
  /** Such as `localhost:8443`. */
  readonly host: string;
  /** Where people find the gateway: host and base path. */
  readonly publicUrl: string;
  /** Signed in as the owner. */
  readonly control: ControlClient;
  /** The official client, where the site's certificate is trusted. */
  readonly client: (apiKey: string) => OpenAI;
}

/** A gateway that holds a pool and has its owner, behind the proxy. */
async function openSite(program: ProxyProgram, basePath: string): Promise<Site> {
  const files = await certificateFiles();
  const port = await findFreePort();
  const host = `localhost:${port.toString()}`;
  const publicUrl = `https://${host}${basePath}`;
  const proxy = { host: '127.0.0.1', port: 0, trusted: [], publicUrl };
  const pool = { name: 'Lab', port: 0, proxy };
  const { control, runtime } = await startTestRuntime(temporaryFolder(), { pool });
  const target = runtime.proxyPort() ?? 0;
  await startReverseProxy(program, { port, target, basePath, ...files });
  const code = runtime.setUpCode() ?? '';
  await control.session.setUp({ code, name: 'Olga', password: poolPassword });
  const asked = { baseURL: `${publicUrl}/v1`, maxRetries: 0, fetch: trusting(files.authority) };
  const client = (apiKey: string): OpenAI => new OpenAI({ apiKey, ...asked });
  return { files, host, publicUrl, control, client };
}

describe.each(sites)('behind $program, with the file that people are given, $where', (site) => {
  const { program, basePath } = site;

  test.skipIf(!isInstalled(program))(
    'API, dashboard, live socket and a machine of the pool come through one name',
    async () => {
      const { files, host, publicUrl, control, client } = await openSite(program, basePath);
      const { pools } = await control.pools.list({});
      const id = pools[0]?.id ?? '';
      const { key } = await control.server.createKey({ name: 'test', poolId: id });
      const openai = client(key);
      // The dashboard's own calls name their page as origin, which has no path.
      const origin = `https://${host}`;
      const welcome = await visit(`${publicUrl}/control/welcome`, files.authority, origin);
      expect(welcome).toMatchObject({
        status: 200,
        text: expect.stringContaining('"needsSetup":false') as string,
      });
      expect((await visit(`${publicUrl}/v1/models`, files.authority)).status).toBe(401);

      const { link, text } = await control.pools.createInvite({ id });
      expect(text).toContain('Lab');
      const machine = await spawnMachine({
        name: 'home',
        models: { counter: { says: countingPieces(200) } },
        env: { NODE_EXTRA_CA_CERTS: files.authorityFile },
      });
      await machine.control.memberships.join({ link });
      await expect
        .poll(async () => (await membershipOf(machine))?.link)
        .toMatchObject({ phase: 'online', address: host });
      await expect
        .poll(async () => (await openai.models.list()).data.map((model) => model.id), {
          timeout: 20_000,
        })
        .toContain('test/counter');
      const stream = await openai.chat.completions.create({
        model: 'test/counter',
        messages: [{ role: 'user', content: 'Count' }],
        stream: true,
      });
      const pieces = await Array.fromAsync(stream);
      expect(pieces.map(textOf).join('')).toBe(countingPieces(200).join(''));

      const { token } = await control.session.signIn({ name: '', password: poolPassword });
      expect(await hello(`wss://${host}${basePath}${livePath}`, token, files)).toContain(
        '"welcome"',
      );
    },
    90_000,
  );

  test.skipIf(!isInstalled(program))(
    'each piece of an answer arrives while the next one has not been written',
    async () => {
      const { control, client } = await openSite(program, basePath);
      let said = '';
      const baseUrl = await serveOneByOne(words, () => said);
      await control.providers.add({ preset: 'custom', name: 'far', baseUrl, keys: ['sk-far'] });
      const { key } = await control.server.createKey({ name: 'tool' });
      const stream = await client(key).chat.completions.create({
        model: 'held',
        messages: [{ role: 'user', content: 'Hello' }],
        stream: true,
      });
      for await (const piece of stream) said += textOf(piece);
      expect(said).toBe(words.join(''));
    },
    60_000,
  );
});

const words = ['One', ' two', ' three', ' four'];

/** A provider that writes a word when the ones before it have been read. Gives its address. */
async function serveOneByOne(pieces: readonly string[], read: () => string): Promise<string> {
  const frame = (content: string): string => {
    const choices = [{ index: 0, delta: { content }, finish_reason: null }];
    const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'held', choices };
    return `data: ${JSON.stringify(chunk)}\n\n`;
  };
  const write = async (response: ServerResponse): Promise<void> => {
    for (const [at, piece] of pieces.entries()) {
      await vi.waitUntil(() => read() === pieces.slice(0, at).join(''), { timeout: 20_000 });
      response.write(frame(piece));
    }
    response.end('data: [DONE]\n\n');
  };
  const origin = await serveHttp((request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'held', object: 'model' }] }));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    write(response).catch(() => response.destroy());
  });
  return `${origin}/v1`;
}

const textOf = ({ choices }: OpenAI.ChatCompletionChunk): string => choices[0]?.delta.content ?? '';

interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  /** PEM of who signed it. */
  readonly authority: string;
  readonly authorityFile: string;
}

/** A public certificate for `localhost`, as far as those who trust its authority are concerned. */
async function certificateFiles(): Promise<CertificateFiles> {
  const folder = join(temporaryFolder(), 'certificates');
  mkdirSync(folder);
  const authority = await createAuthority({ now: Date.now() });
  const leaf = await issueLeaf(authority, ['localhost'], Date.now());
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  return {
    certificate: write('cert.pem', leaf.cert),
    key: write('key.pem', leaf.key),
    authority: authority.certPem,
    authorityFile: write('ca.pem', authority.certPem),
  };
}

/** What a program does whose system trusts the certificate. */
function trusting(ca: string): typeof fetch {
  const dispatcher = new Agent({ connect: { ca } });
  return ((input: string, init: object) => fetchWith(input, { ...init, dispatcher })) as never;
}

function visit(
  url: string,
  ca: string,
  origin?: string,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = origin === undefined ? {} : { origin };
    get(url, { ca, headers, agent: false }, (incoming) => {
      void Array.fromAsync(incoming as AsyncIterable<Buffer>).then((pieces) => {
        resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(pieces).toString() });
      });
    }).on('error', reject);
  });
}

/** The first message that a signed-in tab gets over its socket. */
async function hello(url: string, token: string, { authority }: CertificateFiles): Promise<string> {
  const socket = new WebSocket(url, { ca: authority });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    const first = new Promise<string>((resolve) => {
      socket.once('message', (data: Buffer) => {
        resolve(data.toString());
      });
    });
    socket.send(JSON.stringify({ type: 'hello', token }));
    return await first;
  } finally {
    socket.terminate();
  }
}
