import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../core/clock.ts';
import type { HttpClient } from '../../core/http.ts';
import type { CanonicalInput, WireDialect } from '../../core/inference.ts';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { createHttpClient } from '../../platform/http/http-client.ts';
import { systemClock } from '../../platform/system-clock.ts';
import {
  directoryOf,
  everyCapability,
  localUpstream,
  nothingOutside,
  offeredModel,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import { serveHttp } from '../../testing/http-servers.ts';
import { pngUrl } from '../../testing/png.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import type { Upstream } from '../ports.ts';

export const dataUrl = pngUrl(1, [9, 9, 9]);
export const png = Buffer.from(dataUrl.split(',')[1] ?? '', 'base64');
export const place = 'https://pictures.example';

interface Scene {
  readonly isAllowed?: boolean;
  readonly speaks?: readonly (readonly WireDialect[])[];
  readonly canSee?: boolean;
  readonly picture?: (response: ServerResponse, path: string) => void;
  readonly clock?: Clock;
}

/** A gateway over upstreams of these dialects, and a server of pictures under a public name. */
export async function openScene({
  isAllowed = true,
  speaks = [[]],
  canSee = true,
  picture,
  clock = systemClock,
}: Scene = {}) {
  const fetched: string[] = [];
  const origin = await serveHttp((request, response) => {
    fetched.push(request.url ?? '');
    if (picture !== undefined) picture(response, request.url ?? '');
    else response.end(png);
  });
  const backends = speaks.map(() => createScriptedBackend(() => saying('a pond')));
  const upstreams = backends.map((backend, index): Upstream => {
    return { ...localUpstream(backend, `u${index.toString()}`), speaks: speaks[index] ?? [] };
  });
  const model = offeredModel('seer', { capabilities: { ...everyCapability, vision: canSee } });
  const { gateway } = await startGateway(
    createScriptedBackend(() => []),
    {
      directory: directoryOf([model], upstreams),
      outside: { ...nothingOutside, pictures: picturesAt(origin) },
      clock,
      preferences: () => ({ keyless: true, fetchPictures: isAllowed }),
    },
  );
  onTestFinished(() => gateway.stop());
  const baseURL = gateway.address().origin;
  const calls = () => backends.flatMap((backend) => backend.calls);
  return {
    fetched,
    calls,
    openai: new OpenAI({ apiKey: 'keyless', baseURL: `${baseURL}/v1`, maxRetries: 0 }),
    anthropic: new Anthropic({ apiKey: 'keyless', baseURL, maxRetries: 0 }),
    /** What the first upstream that was asked got to see. */
    seen: () => picturesIn(calls()[0]?.request.input),
  };
}

/** One public name leads to the server of this test; everything else meets the real guard. */
function picturesAt(origin: string): HttpClient {
  const register = createConnectionRegister(systemClock);
  const open = createHttpClient({ register, purpose: 'picture', env: {} });
  const guarded = createHttpClient({ register, purpose: 'picture', env: {}, isPublicOnly: true });
  onTestFinished(async () => {
    await open.close();
    await guarded.close();
  });
  return {
    request: (request) =>
      request.url.startsWith(`${place}/`)
        ? open.request({ ...request, url: request.url.replace(place, origin) })
        : guarded.request(request),
  };
}

export function picturesIn(input: CanonicalInput | undefined): readonly string[] {
  if (input?.task !== 'chat' && input?.task !== 'count') return [];
  return input.messages.flatMap((message) => {
    if (message.role === 'tool') return (message.images ?? []).map(({ url }) => url);
    if (message.role !== 'user') return [];
    return message.content.flatMap((part) => (part.type === 'image' ? [part.url] : []));
  });
}

export const asking = (
  ...urls: readonly string[]
): OpenAI.ChatCompletionCreateParamsNonStreaming => ({
  model: 'seer',
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is it?' },
        ...urls.map((url) => ({ type: 'image_url' as const, image_url: { url } })),
      ],
    },
  ],
});
