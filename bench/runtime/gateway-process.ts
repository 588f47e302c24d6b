import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildGateway } from '../../src-main/app/build-gateway.ts';
import { buildStorage } from '../../src-main/app/build-storage.ts';
import type { UpstreamDirectory } from '../../src-main/gateway/ports.ts';
import { createLog } from '../../src-main/platform/logger.ts';
import { systemClock } from '../../src-main/platform/system-clock.ts';
import {
  directoryOf,
  fixtureHandlers,
  nothingOutside,
  localUpstream,
  offeredModel,
} from '../../src-main/testing/gateway-fixture.ts';
import { noPools } from '../../src-main/testing/no-pools.ts';
import { chatRequest } from '../../src-main/testing/inference-requests.ts';
import { projectFolder } from '../support/project.ts';
import { createPacedModel, instantModel, tokensPerSecond } from './fake-models.ts';
import type { FromGatewayProcess, ProcessUsage, ToGatewayProcess } from './gateway-protocol.ts';

/**
 * The whole gateway over models that cost nothing, in a process of its own: with its database, its
 * log and a real API key, so that what is measured is what callers get. Beside it a bare server that
 * gives the same answers: what HTTP itself takes.
 */

const folder = mkdtempSync(join(tmpdir(), 'millpond-bench-gateway-'));
const storage = await buildStorage({
  file: join(folder, 'millpond.db'),
  workerFile: join(projectFolder, 'src-main', 'database-worker.ts'),
  now: systemClock.now(),
});
const paced = createPacedModel();
const gateway = await buildGateway({
  directory: bothModels(),
  stores: {
    ...storage.gateway,
    people: storage.people,
    audit: storage.audit,
    alerts: storage.alerts,
    nodes: storage.nodes,
  },
  pool: noPools,
  outside: nothingOutside,
  handlers: fixtureHandlers,
  preferences: () => ({ keyless: false }),
  rendererFolder: join(folder, 'no-window'),
  port: 0,
  version: 'benchmark',
  owner: { personId: storage.owner.id, token: 'the-benchmark-has-no-owner' },
  clock: systemClock,
  logger: createLog({ folder: join(folder, 'logs') }).logger,
});
const { port: gatewayPort } = await gateway.start();
const { key } = await gateway.keys.create(storage.owner.id, 'benchmark');
const barePort = await startBareServer();

/** The histogram holds the time between two ticks: this much of it is the clock's own interval. */
const loopTickMs = 1;
const loopDelay = monitorEventLoopDelay({ resolution: loopTickMs });
loopDelay.enable();
let began = { cpu: process.cpuUsage(), at: performance.now() };

process.on('message', (message: ToGatewayProcess) => {
  void receive(message);
});
process.once('disconnect', () => {
  void close();
});
post({ type: 'ready', gatewayPort, barePort, key });

async function receive(message: ToGatewayProcess): Promise<void> {
  if (message.type === 'begin') {
    begin();
    post({ type: 'begun' });
    return;
  }
  if (message.type === 'drain-alone') {
    begin();
    await drainAlone(message.streams, message.seconds);
  }
  post({ type: 'usage', usage: spent() });
}

function begin(): void {
  loopDelay.reset();
  began = { cpu: process.cpuUsage(), at: performance.now() };
}

function spent(): ProcessUsage {
  const { system, user } = process.cpuUsage(began.cpu);
  return {
    cpuMs: (user + system) / 1000,
    wallMs: performance.now() - began.at,
    loopDelayP99Ms: Math.max(0, loopDelay.percentile(99) / 1e6 - loopTickMs),
    residentMiB: process.memoryUsage.rss() / 1024 ** 2,
  };
}

function post(message: FromGatewayProcess): void {
  process.send?.(message);
}

function bothModels(): UpstreamDirectory {
  const models = [offeredModel('instant'), offeredModel('paced')];
  const upstreams = { instant: localUpstream(instantModel), paced: localUpstream(paced) };
  return {
    ...directoryOf(models, []),
    candidates: ({ envelope }) => [
      envelope.model === 'paced' ? upstreams.paced : upstreams.instant,
    ],
  };
}

/** What the paced streams themselves cost, with nobody in front of them. */
async function drainAlone(streams: number, seconds: number): Promise<void> {
  const { signal } = new AbortController();
  const request = chatRequest('', { input: { maxTokens: tokensPerSecond * seconds } });
  const drain = async (): Promise<void> => {
    for await (const chunk of paced.infer(request, { signal })) if (chunk.type === 'finish') return;
  };
  await Promise.all(Array.from({ length: streams }, drain));
}

function startBareServer(): Promise<number> {
  const whole = JSON.stringify({ choices: [{ message: { role: 'assistant', content: 'pond' } }] });
  const event = `data: ${JSON.stringify({ choices: [{ delta: { content: 'pond' } }] })}\n\n`;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const isStream = JSON.stringify(JSON.parse(body)).includes('"stream":true');
      response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json');
      response.end(isStream ? `${event}data: [DONE]\n\n` : whole);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : 0);
    });
  });
}

async function close(): Promise<void> {
  await gateway.stop();
  await storage.database.destroy();
  await sleep(0);
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}
