import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { PoolServerOptions } from '../app/build-runtime.ts';
import { startRuntime } from '../app/build-runtime.ts';
import type { Runtime } from '../app/build-runtime.ts';
import { createControlClient } from '../contract/client.ts';
import type { StartMode } from '../contract/system.ts';
import type { ControlClient } from '../contract/control.ts';
import { createForkLauncher } from '../platform/fork-launcher.ts';
import { createOutgoing } from '../platform/http/outgoing.ts';
import { createLog } from '../platform/logger.ts';
import type { Log } from '../platform/logger.ts';
import { dataPaths } from '../platform/paths.ts';
import { programFilesAt } from '../platform/program-files.ts';
import { systemClock } from '../platform/system-clock.ts';

const files = programFilesAt(join(import.meta.dirname, '..'));

/** The real runtime from source: forked engines, the bundled model, a database on disk. */
export interface TestRuntime {
  readonly runtime: Runtime;
  /** Its own log. */
  readonly log: Log;
  /** Signed in as the owner. */
  readonly control: ControlClient;
  /** Asks for one whole answer without a key. */
  readonly complete: (body: object) => Promise<{ readonly status: number; readonly text: string }>;
}

/** Starts it in a data folder on a free port; it is stopped when the test has finished. */
export async function startTestRuntime(
  home: string,
  options: {
    readonly port?: number;
    /**
     * Beside `MILLPOND_HOME`; nothing of this machine's own environment is seen, and no hub is asked
     * unless `HF_ENDPOINT` names one.
     */
    readonly env?: Readonly<Record<string, string>>;
    /** A gateway on a server that holds this pool from the start. */
    readonly pool?: PoolServerOptions;
    readonly mode?: StartMode;
    /** Everything is logged that is ever logged. */
    readonly logsAll?: boolean;
  } = {},
): Promise<TestRuntime> {
  vi.stubEnv('MILLPOND_ENGINE_THREADS', '1');
  const closed = options.env?.['HF_ENDPOINT'] === undefined ? { HF_HUB_OFFLINE: '1' } : {};
  const env = { MILLPOND_QUIET_NETWORK: '1', ...closed, ...options.env, MILLPOND_HOME: home };
  const surroundings = { platform: 'linux' as const, env, homeFolder: home };
  const paths = dataPaths(surroundings);
  const outgoing = createOutgoing(systemClock);
  const level = options.logsAll === true ? 'debug' : 'info';
  const log = createLog({ folder: paths.logsFolder, level });
  onTestFinished(async () => {
    log.close();
    await outgoing.close();
  });
  const runtime = await startRuntime({
    ...{ files, paths, surroundings, outgoing, log, face: 'headless' as const },
    clock: systemClock,
    launcher: createForkLauncher(files),
    // A trial finds a free port by itself.
    ...(options.mode !== 'trial' && { port: options.port ?? 0 }),
    ...(options.mode && { mode: options.mode }),
    loadDefaultModel: false,
    ...(options.pool && { isPoolServer: true, pool: options.pool }),
  });
  onTestFinished(() => runtime.stop());
  return {
    ...{ runtime, log },
    control: controlOf(runtime.origin, runtime.token),
    async complete(body) {
      const response = await fetch(`${runtime.origin}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, text: await response.text() };
    },
  };
}

/** The control API of a runtime, signed in with a bearer. */
export function controlOf(origin: string, token: string): ControlClient {
  return createControlClient(async ({ method, path, headers, body }) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { ...headers, authorization: `Bearer ${token}` },
      ...(body !== undefined && { body }),
    });
    return { status: response.status, body: await response.json() };
  });
}
