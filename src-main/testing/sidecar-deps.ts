import type { SidecarDeps } from '../engines/sidecars/sidecar.ts';
import { createConnectionRegister } from '../platform/http/connection-register.ts';
import { findFreePort } from '../platform/http/free-port.ts';
import { createHttpClient } from '../platform/http/http-client.ts';
import type { ClosableHttpClient } from '../platform/http/http-client.ts';
import { createProgramLauncher } from '../platform/program-launcher.ts';
import { systemClock } from '../platform/system-clock.ts';

/** What sidecars need, for real: processes, ports and time of this machine. */
export function sidecarDeps(change: Partial<SidecarDeps> = {}): SidecarDeps & {
  readonly http: ClosableHttpClient;
} {
  const http = createHttpClient({
    register: createConnectionRegister(systemClock),
    purpose: 'sidecar',
  });
  return {
    launcher: createProgramLauncher(),
    clock: systemClock,
    platform: process.platform,
    architecture: process.arch,
    env: process.env,
    homeFolder: '/nonexistent',
    freePort: findFreePort,
    defaultThreads: 1,
    gpus: () => [],
    ...change,
    http,
  };
}
