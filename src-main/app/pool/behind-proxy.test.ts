import { mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { Agent, fetch as fetchWith } from 'undici';
import { WebSocket } from 'ws';
import { livePath } from '../../contract/live.ts';
import { findFreePort } from '../../platform/http/free-port.ts';
import { createAuthority } from '../../platform/tls/authority.ts';
import { issueLeaf } from '../../platform/tls/leaf.ts';
import { membershipOf, poolPassword, spawnMachine } from '../../testing/pool-fixture.ts';
import { startReverseProxy } from '../../testing/reverse-proxy.ts';
import { isInstalled } from '../../testing/run-reverse-proxy.ts';
import type { ProxyProgram } from '../../testing/run-reverse-proxy.ts';
import { countingPieces } from '../../testing/scripted-gguf.ts';
import { startTestRuntime } from '../../testing/start-test-runtime.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

const programs: readonly ProxyProgram[] = ['nginx', 'caddy'];

describe.each(programs)('behind %s, with the file that people are given', (program) => {
  test.skipIf(!isInstalled(program))(
    'API, dashboard, live socket and a machine of the pool come through one name',
    async () => {
      const files = await certificateFiles();
      const port = await findFreePort();
      const publicUrl = `https://localhost:${port.toString()}`;
      const { control, runtime } = await startTestRuntime(temporaryFolder(), {
        pool: {
          name: 'Lab',
          port: 0,
          proxy: { host: '127.0.0.1', port: 0, trusted: [], publicUrl },
        },
      });
      const target = runtime.proxyPort() ?? 0;
      await startReverseProxy(program, { port, target, ...files });
      await control.session.setUp({
        code: runtime.setUpCode() ?? '',
        name: 'Olga',
        password: poolPassword,
      });
      const { pools } = await control.pools.list({});
      const id = pools[0]?.id ?? '';
      const { key } = await control.server.createKey({ name: 'test', poolId: id });

      // The dashboard's own calls name their page as origin.
      const welcome = await visit(`${publicUrl}/control/welcome`, files.authority, publicUrl);
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
        .poll(async () => (await membershipOf(machine))?.link, { timeout: 20_000 })
        .toMatchObject({ phase: 'online', address: `localhost:${port.toString()}` });

      const openai = new OpenAI({
        apiKey: key,
        baseURL: `${publicUrl}/v1`,
        maxRetries: 0,
        fetch: trusting(files.authority),
      });
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
      const said = pieces.map((piece) => piece.choices[0]?.delta.content ?? '').join('');
      expect(said).toBe(countingPieces(200).join(''));

      const { token } = await control.session.signIn({ name: '', password: poolPassword });
      expect(await hello(`wss://localhost:${port.toString()}${livePath}`, token, files)).toContain(
        '"welcome"',
      );
    },
    90_000,
  );
});

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
