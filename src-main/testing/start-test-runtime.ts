import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { startRuntime } from '../app/build-runtime.ts';
import type { Runtime } from '../app/build-runtime.ts';
import { createControlClient } from '../contract/client.ts';
import type { ControlClient } from '../contract/control.ts';
import { createForkLauncher } from '../platform/fork-launcher.ts';
import { createConnectionRegister } from '../platform/http/connection-register.ts';
import { createHttpClient } from '../platform/http/http-client.ts';
import { createLog } from '../platform/logger.ts';
import { dataPaths } from '../platform/paths.ts';
import { programFilesAt } from '../platform/program-files.ts';
import { systemClock } from '../platform/system-clock.ts';

const files = programFilesAt(join(import.meta.dirname, '..'));

/** The real runtime from source: forked engines, the bundled model, a database on disk. */
export interface TestRuntime {
  readonly runtime: Runtime;
  /** Signed in as the owner. */
  readonly control: ControlClient;
  /** Asks for one whole answer without a key. */
  readonly complete: (body: object) => Promise<{ readonly status: number; readonly text: string }>;
}

/** Starts it in a data folder on a free port; it is stopped when the test has finished. */
export async function startTestRuntime(
  home: string,
  options: { readonly port?: number } = {},
): Promise<TestRuntime> {
  vi.stubEnv('MILLPOND_ENGINE_THREADS', '1');
  const paths = dataPaths({ platform: 'linux', env: { MILLPOND_HOME: home }, homeFolder: home });
  const http = createHttpClient({
    register: createConnectionRegister(systemClock),
    purpose: 'runtime',
  });
  const log = createLog({ folder: paths.logsFolder });
  onTestFinished(async () => {
    log.close();
    await http.close();
  });
  const runtime = await startRuntime({
    ...{ files, paths, http, log, clock: systemClock, face: 'headless' as const },
    launcher: createForkLauncher(files),
    port: options.port ?? 0,
    loadDefaultModel: false,
  });
  onTestFinished(() => runtime.stop());
  return {
    runtime,
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
