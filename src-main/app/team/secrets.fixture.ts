import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { livePath } from '../../contract/live.ts';
import { serveHttp } from '../../testing/http-servers.ts';
import { failMark, startTalkativeProvider } from '../../testing/leaks/talkative-provider.ts';
import type { TalkativeProvider } from '../../testing/leaks/talkative-provider.ts';
import { startTestRuntime } from '../../testing/start-test-runtime.ts';
import type { TestRuntime } from '../../testing/start-test-runtime.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

const canary = (name: string): string => `${name}-canary-${randomBytes(12).toString('hex')}`;

/** What opens something. It stands nowhere in clear but where it is used. */
export const plantedCredentials = () => ({
  providerKey: canary('sk-provider'),
  secondKey: canary('sk-second'),
  claudeKey: canary('sk-ant'),
  fileKey: canary('sk-file'),
  unusedVariable: canary('unused'),
  wrongBearer: canary('mp_wrong'),
  wrongApiKey: canary('mp_header'),
  cookie: canary('session'),
  otherHeader: canary('header'),
  query: canary('query'),
  password: canary('password'),
  collectorToken: canary('collector'),
  hookToken: canary('hook'),
});
/** What people and models say. */
export const plantedWords = () => ({
  prompt: canary('prompt'),
  system: canary('system'),
  toolResult: canary('result'),
  user: canary('user'),
  answer: canary('answer'),
  toolArgument: canary('argument'),
});
type Credentials = ReturnType<typeof plantedCredentials>;
type Words = ReturnType<typeof plantedWords>;

/** What stands in names, which are shown: whatever holds it is being looked at. */
export const marker = 'marker-of-this-test';

/** What an outside server was sent; headers apart, where its own token stands. */
interface Received {
  readonly bodies: readonly string[];
  readonly origin: string;
}

export interface SecretScene extends TestRuntime {
  readonly home: string;
  readonly providerIds: readonly string[];
  readonly provider: TalkativeProvider;
  readonly collector: Received;
  readonly hook: Received;
  /** Messages of the tab that the owner has open. */
  readonly live: readonly string[];
}

/** The real runtime, everything logged, with a provider of each dialect, a collector and a webhook. */
export async function openSecretScene(
  credentials: Credentials,
  words: Words,
): Promise<SecretScene> {
  const home = temporaryFolder();
  const provider = await startTalkativeProvider(['gpt-x', 'claude-x'], words);
  const [collector, hook] = [await receiver(), await receiver()];
  writeFileSync(
    join(home, 'millpond.yaml'),
    `providers:\n  ${marker}-3:\n    baseUrl: ${provider.origin}/v1\n    keys: \${FILE_KEY}\n`,
  );
  const runtime = await startTestRuntime(home, {
    logsAll: true,
    env: {
      FILE_KEY: credentials.fileKey,
      UNUSED_TOKEN: credentials.unusedVariable,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${credentials.collectorToken}`,
    },
  });
  const { control } = runtime;
  await control.settings.update({ machineName: marker });
  const keys = [credentials.providerKey, credentials.secondKey];
  const baseUrl = `${provider.origin}/v1`;
  await control.providers.add({ preset: 'custom', name: marker, baseUrl, keys });
  await control.providers.add({
    ...{ preset: 'anthropic', name: `${marker}-2`, baseUrl, keys: [credentials.claudeKey] },
  });
  await control.alerts.update({
    ...{ webhookUrl: `${hook.origin}/hook?token=${credentials.hookToken}`, errorShare: 0.01 },
    kinds: ['error-rate', 'breaker', 'budget', 'node-offline', 'store'],
  });
  const { providers } = await control.providers.list({});
  return {
    ...{ ...runtime, home, provider, collector, hook },
    providerIds: providers.map(({ id }) => id),
    live: await openTab(runtime),
  };
}

async function receiver(): Promise<Received> {
  const bodies: string[] = [];
  const origin = await serveHttp((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      bodies.push(`${request.url ?? ''} ${Buffer.concat(pieces).toString('latin1')}`);
      response.end('{}');
    });
  });
  return { bodies, origin };
}

async function openTab({ runtime }: TestRuntime): Promise<readonly string[]> {
  const socket = new WebSocket(`${runtime.origin.replace('http', 'ws')}${livePath}`);
  onTestFinished(() => {
    socket.terminate();
  });
  const messages: string[] = [];
  socket.on('message', (data: Buffer) => messages.push(data.toString('utf8')));
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', token: runtime.token }));
  return messages;
}

/** One request of the table. */
export interface Probe {
  readonly name: string;
  readonly path: string;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  /** A provider's own words go back to the caller as they are, what they quote included. */
  readonly isPassedOn?: true;
}

const pinned = { openai: `gpt-x@${marker}`, anthropic: `claude-x@${marker}-2` };
const failures = [400, 401, 404, 429, 500, 'event', 'break'] as const;

/** Every API, well and with everything that can go wrong at the provider, in the gateway and on the way. */
export function probes(credentials: Credentials, words: Words): readonly Probe[] {
  const { prompt } = words;
  return [
    ...dialectProbes(words),
    ...['/v1/proxy/', '/v1/'].flatMap((route) =>
      ['', failMark(400), failMark(500)].map((mark) => ({
        ...{ name: `${route} ${mark}`, isPassedOn: true as const },
        path: `${route}${encodeURIComponent(pinned.openai)}/files?api_key=${credentials.query}`,
        body: { text: `${prompt} ${mark}` },
      })),
    ),
    ...['/v1/moderations', '/v1/images/generations', '/v1/audio/speech'].flatMap((path) =>
      ['', failMark(400), failMark(500)].map((mark) => ({
        ...{ name: `${path} ${mark}`, isPassedOn: true as const },
        path,
        body: { model: pinned.openai, input: `${prompt} ${mark}`, prompt: `${prompt} ${mark}` },
      })),
    ),
    ...gatewayRefusals(credentials, words),
  ];
}

function dialectProbes({ prompt, system, toolResult, user }: Words): readonly Probe[] {
  const marks = ['', ...failures.map(failMark)];
  const call = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } };
  const said = (mark: string) => `${prompt} ${mark}`;
  return Object.values(pinned).flatMap((model) =>
    marks.flatMap((mark) =>
      [false, true].flatMap((stream): Probe[] => {
        const rest = { model, stream };
        const chat = [
          { role: 'system', content: system },
          { role: 'user', content: said(mark) },
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: 'c1', content: toolResult },
        ];
        const messages = [{ role: 'user', content: said(mark) }];
        const bodies: readonly (readonly [string, object])[] = [
          ['/v1/chat/completions', { messages: chat, user }],
          ['/v1/messages', { messages, system, max_tokens: 50, metadata: { user_id: user } }],
          ['/v1/responses', { input: said(mark), instructions: system, store: false }],
          ['/v1/completions', { prompt: said(mark) }],
          ['/api/chat', { messages }],
          ['/api/generate', { prompt: said(mark), system }],
          ...(stream ? [] : [['/v1/embeddings', { input: said(mark) }] as const]),
        ];
        return bodies.map(([path, body]) => ({
          name: `${path} ${model} ${mark} ${String(stream)}`,
          path,
          body: { ...rest, ...body },
        }));
      }),
    ),
  );
}

/** What never gets to a provider. */
function gatewayRefusals(credentials: Credentials, { prompt }: Words): readonly Probe[] {
  const { wrongBearer, wrongApiKey, query } = credentials;
  const model = pinned.openai;
  const chat = '/v1/chat/completions';
  const messages = [{ role: 'user', content: prompt }];
  const whole = { model, messages };
  return [
    {
      name: 'a wrong bearer',
      path: chat,
      body: whole,
      headers: { authorization: `Bearer ${wrongBearer}` },
    },
    {
      name: 'a wrong x-api-key',
      path: '/v1/messages',
      body: { ...whole, max_tokens: 5 },
      headers: { authorization: '', 'x-api-key': wrongApiKey },
    },
    { name: 'a key in the query', path: `/v1/models?api_key=${query}`, method: 'GET' },
    { name: 'broken JSON', path: chat, body: `{"model":"${prompt}", "messages": ${prompt}` },
    { name: 'a strange role', path: chat, body: { model, messages: [{ role: prompt }] } },
    { name: 'a strange number', path: chat, body: { ...whole, temperature: prompt } },
    { name: 'a strange tool', path: chat, body: { ...whole, tools: [{ type: prompt }] } },
    { name: 'a strange picture', path: chat, body: { model, messages: [pictureOf(prompt)] } },
    { name: 'a strange block', path: '/v1/messages', body: blockOf(model, prompt) },
    { name: 'an unknown model', path: chat, body: { ...whole, model: `${marker}-nobody` } },
    { name: 'a strange schema', path: chat, body: { ...whole, response_format: { type: prompt } } },
  ];
}

const pictureOf = (prompt: string) => ({
  role: 'user',
  content: [{ type: 'image_url', image_url: { url: prompt } }],
});

const blockOf = (model: string, prompt: string) => ({
  ...{ model, max_tokens: 5 },
  messages: [{ role: 'user', content: [{ type: 'tool_result', content: prompt }] }],
});
