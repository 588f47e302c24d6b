import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { GatewayDeps } from '../../app/gateway-deps.ts';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { createHttpClient } from '../../platform/http/http-client.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { nothingOutside, ownerToken, startGateway } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { serveHttp } from '../../testing/http-servers.ts';
import { createScriptedBackend } from '../../testing/scripted-backend.ts';

export interface CloudRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Cloud {
  /** Where its API begins. */
  readonly url: string;
  /** All but questions for its list of models, in order. */
  readonly asked: CloudRequest[];
  /** How often it was asked for its list. */
  listed: number;
}

type Answer = (request: CloudRequest, response: ServerResponse, cloud: Cloud) => void;

/** A provider on a real socket that lists its models and answers everything else as the test says. */
export async function startCloud(models: readonly string[], answer: Answer): Promise<Cloud> {
  const asked: CloudRequest[] = [];
  let listed = 0;
  const origin = await serveHttp((incoming, response) => {
    void buffer(incoming).then((body) => {
      const { method = '', url = '', headers } = incoming;
      if (url === '/v1/models') {
        listed += 1;
        const data = models.map((id) => ({ id, object: 'model' }));
        sendJson(response, 200, { object: 'list', data });
        return;
      }
      asked.push({ method, url, headers, body });
      answer({ method, url, headers, body }, response, cloud);
    });
  });
  const cloud: Cloud = {
    url: `${origin}/v1`,
    asked,
    get listed() {
      return listed;
    },
  };
  return cloud;
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export const asOwner = { authorization: `Bearer ${ownerToken}` };

/** A gateway with a way out to clouds; stopped when the test is over. */
export async function openCloudGateway(
  changes: Partial<GatewayDeps> = {},
): Promise<GatewayFixture> {
  const http = createHttpClient({
    register: createConnectionRegister(systemClock),
    purpose: 'attached-server',
  });
  const secrets = new Map<string, string>();
  const fixture = await startGateway(
    createScriptedBackend(() => []),
    {
      outside: {
        ...{ ...nothingOutside, http },
        secrets: {
          read: (name) => Promise.resolve(secrets.get(name)),
          write(name, value) {
            if (value === undefined) secrets.delete(name);
            else secrets.set(name, value);
            return Promise.resolve();
          },
        },
      },
      ...changes,
    },
  );
  onTestFinished(async () => {
    await fixture.gateway.stop();
    await http.close();
  });
  return fixture;
}

/** Adds a cloud as a provider of the gateway, for everybody with a key unless said otherwise. */
export async function addCloud(
  { gateway }: GatewayFixture,
  cloud: Cloud,
  wish: { readonly name: string; readonly key?: string; readonly access?: 'owner' | 'everybody' },
): Promise<string> {
  const { name, key = `sk-${name}-secret`, access = 'everybody' } = wish;
  const { signal } = new AbortController();
  const { id } = await gateway.providers.add(
    { preset: 'custom', baseUrl: cloud.url, keys: [key], name, access },
    { signal },
  );
  return id;
}
