import { onTestFinished } from 'vitest';
import { AttachedServers } from '../engines/attached/attached-servers.ts';
import type { AttachedServersDeps } from '../engines/attached/attached-servers.ts';
import type { AttachedServerView } from '../engines/attached/server-view.ts';
import type { StoredAttachedServer } from '../engines/ports.ts';
import { createConnectionRegister } from '../platform/http/connection-register.ts';
import type { ConnectionRegister } from '../platform/http/connection-register.ts';
import { handedOnTo } from '../platform/http/handed-on.ts';
import { createHttpClient } from '../platform/http/http-client.ts';
import { createFakeClock } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';
import { startFakeOpenAiServer } from './fake-openai-server.ts';
import type { FakeOpenAiServer, FakeServerOptions } from './fake-openai-server.ts';
import { chatRequest, collect, textOf } from './inference-requests.ts';

/** What a restart keeps. */
export interface AttachedServerRows {
  readonly servers: Map<string, StoredAttachedServer>;
  readonly secrets: Map<string, string>;
}

export interface OpenedAttachedServers {
  readonly attached: AttachedServers;
  readonly rows: AttachedServerRows;
  readonly clock: FakeClock;
  readonly register: ConnectionRegister;
  /** Resolves with the next state of a server that fits; at once when it fits already. */
  readonly until: (fits: (server: AttachedServerView) => boolean) => Promise<AttachedServerView>;
  /** Every view that was announced. */
  readonly announced: readonly AttachedServerView[];
}

/** Attached servers over real connections of this machine, with time in the test's hands. */
export function openAttachedServers(
  changes: Partial<AttachedServersDeps> & {
    readonly rows?: AttachedServerRows;
    /** Where proxies are named. */
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): OpenedAttachedServers {
  const clock = createFakeClock();
  const register = createConnectionRegister(clock);
  const http = createHttpClient({ register, purpose: 'attached-server', env: changes.env ?? {} });
  const rows = changes.rows ?? { servers: new Map(), secrets: new Map() };
  const attached = new AttachedServers({
    ...{ http, clock, machineName: 'desk' },
    httpTo: (host) => handedOnTo(host, { http, register, purpose: 'attached-server' }),
    ...storesOver(rows),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    isTaken: () => false,
    isOwnAddress: () => false,
    usualAddresses: [],
    ...changes,
  });
  const announced: AttachedServerView[] = [];
  attached.on('changed', (server) => announced.push(server));
  onTestFinished(async () => {
    attached.dispose();
    await http.close();
  });
  const until: OpenedAttachedServers['until'] = (fits) =>
    new Promise((resolve) => {
      const now = attached.list().find(fits);
      if (now !== undefined) resolve(now);
      const stop = attached.on('changed', (server) => {
        if (!fits(server)) return;
        stop();
        resolve(server);
      });
    });
  return { attached, rows, clock, register, until, announced };
}

/** A fake server in this process until the test has finished; it serves one model, `gpt`. */
export async function fakeServer(
  options: Partial<FakeServerOptions> = {},
): Promise<FakeOpenAiServer> {
  const server = await startFakeOpenAiServer({
    ...{ kind: 'openai', models: [{ id: 'gpt' }] },
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

/** Has a model say `hello`. */
export async function sayThrough(
  { attached }: OpenedAttachedServers,
  model: string,
): Promise<string> {
  const upstream = attached.upstreamFor(model);
  if (upstream === undefined) throw new Error(`nobody serves ${model}`);
  const request = chatRequest('[say hello]', { envelope: { model } });
  const { signal } = new AbortController();
  return textOf(await collect(upstream.backend.infer(request, { signal })));
}

function storesOver({ servers, secrets }: AttachedServerRows) {
  return {
    store: {
      list: () => Promise.resolve([...servers.values()]),
      save: (server: StoredAttachedServer) => {
        servers.set(server.id, server);
        return Promise.resolve();
      },
      remove: (id: string) => {
        servers.delete(id);
        return Promise.resolve();
      },
    },
    secrets: {
      read: (name: string) => Promise.resolve(secrets.get(name)),
      write: (name: string, value: string | undefined) => {
        if (value === undefined) secrets.delete(name);
        else secrets.set(name, value);
        return Promise.resolve();
      },
    },
  };
}
