import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../core/clock.ts';
import { Hub } from '../../models/hub/hub.ts';
import type { Environment, HubSecrets, HubSettings } from '../../models/hub/ports.ts';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { createHttpClient } from '../../platform/http/http-client.ts';
import { silentLogger } from '../../platform/logger.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';
import { temporaryFolder } from '../temporary-folder.ts';

interface OpenHubOptions {
  readonly endpoint?: string;
  readonly environment?: Environment;
  readonly clock?: Clock;
  /** Shared by several clients: what a restart finds. */
  readonly folder?: string;
  /** In memory if absent. */
  readonly secrets?: HubSecrets;
}

export interface OpenedHub {
  readonly hub: Hub;
  /** May be changed while it runs, as a person does. */
  readonly settings: { -readonly [Key in keyof HubSettings]: HubSettings[Key] };
  /** What the secret store holds. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly folder: string;
}

/** A fake clock on which pauses pass by themselves; time limits wait for `advance` as ever. */
export function createPatientClock(): FakeClock {
  const clock = createFakeClock();
  return Object.assign(clock, { sleep: (ms: number) => clock.advance(ms) });
}

/** A hub client with the real HTTP client, secrets in memory and a cache that is removed with the test. */
export function openHub(options: OpenHubOptions = {}): OpenedHub {
  const { clock = systemClock, environment = {}, folder = temporaryFolder() } = options;
  const http = createHttpClient({
    register: createConnectionRegister(clock),
    purpose: 'hub',
    env: {},
  });
  onTestFinished(() => http.close());
  const settings = { endpoint: options.endpoint ?? '', isLocalOnly: false };
  const kept = new Map<string, string>();
  const inMemory: HubSecrets = {
    read: (name) => Promise.resolve(kept.get(name)),
    write: (name, value) => {
      if (value === undefined) kept.delete(name);
      else kept.set(name, value);
      return Promise.resolve();
    },
  };
  const hub = new Hub({
    http,
    clock,
    cacheFolder: join(folder, 'cache'),
    settings: () => settings,
    environment,
    homeFolder: folder,
    secrets: options.secrets ?? inMemory,
    logger: silentLogger,
  });
  return { hub, settings, secrets: kept, folder };
}
