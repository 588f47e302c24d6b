import { createConnectionRegister } from '../platform/http/connection-register.ts';
import { createHttpClient } from '../platform/http/http-client.ts';
import type { GatewayDeps } from '../app/gateway-deps.ts';
import type { Clock } from '../core/clock.ts';
import { systemClock } from '../platform/system-clock.ts';
import { nothingOutside, ownerPersonId, startGateway } from './gateway-fixture.ts';
import type { GatewayFixture, RawResponse } from './gateway-fixture.ts';
import type { Behaviour } from './mock-provider/behaviours.ts';
import { startMockProvider } from './mock-provider/start-mock-provider.ts';
import type { MockProvider } from './mock-provider/start-mock-provider.ts';
import { secretsIn } from './memory-secrets.ts';
import { createScriptedBackend, saying } from './scripted-backend.ts';

/** A gateway with providers that answer over real connections. */
export interface ProviderScene extends AsyncDisposable {
  readonly fixture: GatewayFixture;
  readonly mocks: readonly MockProvider[];
  /** An API key of the owner. */
  readonly key: string;
  readonly secrets: ReadonlyMap<string, string>;
  /** How the next calls are answered, whichever provider gets them; well from then on. */
  behave(...behaviours: readonly Behaviour[]): void;
  chat(body: object, headers?: Readonly<Record<string, string>>): Promise<RawResponse>;
  providerIds(): readonly string[];
}

export interface SceneOptions {
  /** 2 if absent; each is called `one`, `two`, `three`. */
  readonly providers?: number;
  /** Of each provider; one if absent. */
  readonly keysEach?: number;
  readonly clock?: Clock;
  readonly changes?: Partial<GatewayDeps>;
}

const names = ['one', 'two', 'three'];

/** Every provider has the model `pond`. */
export async function openProviderScene(options: SceneOptions = {}): Promise<ProviderScene> {
  const { providers = 2, keysEach = 1, clock = systemClock } = options;
  const queue: Behaviour[] = [];
  const behave = (): Behaviour => queue.shift() ?? { kind: 'well' };
  const mocks: MockProvider[] = [];
  for (let at = 0; at < providers; at += 1) {
    mocks.push(await startMockProvider({ models: ['pond'], seed: 7, behave }));
  }
  const http = createHttpClient({
    register: createConnectionRegister(systemClock),
    purpose: 'provider',
    env: {},
  });
  const secrets = new Map<string, string>();
  const fixture = await startGateway(
    createScriptedBackend(() => saying('hello')),
    {
      clock,
      outside: { ...nothingOutside, http, secrets: secretsIn(secrets) },
      ...options.changes,
    },
  );
  const { gateway } = fixture;
  for (const [at, { baseUrl }] of mocks.entries()) {
    const name = names[at] ?? 'more';
    const keys = Array.from(
      { length: keysEach },
      (_, key) => `sk-${name}-secret-${key.toString()}`,
    );
    const { signal } = new AbortController();
    await gateway.providers.add({ preset: 'custom', name, baseUrl, keys }, { signal });
  }
  const { key } = await gateway.keys.create(ownerPersonId, 'tool');
  return {
    ...{ fixture, mocks, key, secrets },
    behave: (...behaviours) => {
      queue.splice(0, queue.length, ...behaviours);
    },
    chat: (body, headers = {}) =>
      fixture.post('/v1/chat/completions', body, { authorization: `Bearer ${key}`, ...headers }),
    providerIds: () => gateway.providers.list().map(({ id }) => id),
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await http.close();
      for (const mock of mocks) await mock.close();
    },
  };
}
