import { describe, expect, test } from 'vitest';
import type { InferenceChunk } from '../../core/inference.ts';
import { settle } from '../../testing/fake-clock.ts';
import {
  createScriptedBackend,
  finishChunk,
  scriptedHead,
} from '../../testing/scripted-backend.ts';
import { type NodesFixture, openTestNodes, poolRequest } from '../../testing/nodes-fixture.ts';
import {
  advertisedModel,
  createScriptedNodeLink,
  nodeAdvert,
  nodeLoad,
} from '../../testing/scripted-node-link.ts';
import type { PoolOverview } from './nodes.ts';

const devices = [
  { membershipId: 'm1', name: 'Den' },
  { membershipId: 'm2', name: 'Attic' },
];

/** An answer of which the test lets out one piece after the other. */
function slowAnswer() {
  const gates: (() => void)[] = [];
  const opened = [0, 1, 2].map(() => new Promise<void>((resolve) => void gates.push(resolve)));
  const piece = (tokens: number): InferenceChunk => ({
    ...{ type: 'text', text: 'x' },
    usage: { promptTokens: 5, cachedTokens: 0, completionTokens: tokens, reasoningTokens: 0 },
  });
  const backend = createScriptedBackend(() => [
    scriptedHead,
    piece(50),
    () => opened[0] ?? Promise.resolve(),
    piece(100),
    () => opened[1] ?? Promise.resolve(),
    finishChunk(100),
  ]);
  return { backend, next: () => gates.shift()?.() };
}

function connect({ nodes }: NodesFixture, membershipId: string, backend = slowAnswer().backend) {
  const link = createScriptedNodeLink({
    ...{ membershipId, backend },
    advert: nodeAdvert([advertisedModel({ id: `${membershipId}-name`, digest: 'dd' })]),
  });
  nodes.connected(link);
  return link;
}

/** Reads an answer of the given machine to its end, in the background. */
function read({ nodes }: NodesFixture, machineId: string, requestId: string, caller = 'key:k1') {
  const request = poolRequest('m1-name', { requestId, caller });
  const upstream = nodes.directory.candidates(request).find(({ id }) => id === machineId);
  if (!upstream) throw new Error(`${machineId} is no candidate`);
  return Array.fromAsync(upstream.backend.infer(request, { signal: new AbortController().signal }));
}

function ask(fixture: NodesFixture, requestId: string, isWaiting: boolean) {
  fixture.asks.push({
    ...{ requestId, caller: 'key:k1', name: 'editor', kind: 'key', client: 'openai' },
    ...{ model: 'm1-name', pools: ['home'], isWaiting },
    ...(isWaiting && { position: 2, etaMs: 20_000 }),
  });
}

describe('the overview of a pool', () => {
  test('counts no lost machine for a model, and shows none that only lost ones had', async () => {
    const fixture = await openTestNodes({ devices });
    const [first, second] = [connect(fixture, 'm1'), connect(fixture, 'm2')];
    const models = () => fixture.nodes.overview('home').models;
    first.cut();
    expect(models()).toMatchObject([{ digest: 'dd', machines: 1, machinesReady: 1, slots: 2 }]);
    ask(fixture, 'r1', true);
    second.cut();
    const [model] = models();
    expect(model).toMatchObject({ machines: 0, machinesReady: 0, slots: 0, waiting: 1 });
    fixture.asks.length = 0;
    expect(models()).toEqual([]);
  });

  test('shows who asks, where it runs and how fast it flows', async () => {
    const fixture = await openTestNodes({ devices });
    const answer = slowAnswer();
    connect(fixture, 'm1', answer.backend).report({ load: nodeLoad({ 'm1-name': 1 }) });
    connect(fixture, 'm2');
    ask(fixture, 'r1', false);
    ask(fixture, 'r2', true);
    const reading = read(fixture, 'm1', 'r1');
    await settle();

    expect(fixture.nodes.overview('home')).toMatchObject({
      ...{ poolId: 'home', tokensPerSecond: 10, slots: 4, busySlots: 1, waiting: 1 },
      etaMs: 20_000,
      machines: [
        { id: 'm1', tokensPerSecond: 10 },
        { id: 'm2', tokensPerSecond: 0 },
      ],
      models: [
        {
          ...{ id: 'm1-name', digest: 'dd', machines: 2, machinesReady: 2, slots: 4, waiting: 1 },
          lines: [{ machineId: 'm1', tokensPerSecond: 10, answers: 1, moved: 0 }],
        },
      ],
      askers: [
        {
          ...{ id: 'key:k1', name: 'editor', tokensPerSecond: 10, answers: 1, waiting: 1 },
          firstPosition: 2,
          models: [{ id: 'm1-name', tokensPerSecond: 10, answers: 1, waiting: 1 }],
        },
      ],
    });
    answer.next();
    answer.next();
    await reading;
    expect(fixture.nodes.overview('home')).toMatchObject({
      tokensPerSecond: 20,
      models: [{ lines: [] }],
    });
    await fixture.clock.advance(5500);
    expect(fixture.nodes.overview('home').tokensPerSecond).toBe(0);
  });

  test('marks answers that came over from another machine', async () => {
    const fixture = await openTestNodes({ devices });
    connect(fixture, 'm1');
    const request = poolRequest('m1-name');
    const continued = {
      ...request,
      input: { ...request.input, continuation: { tokens: [1, 2] } },
    } as typeof request;
    const [upstream] = fixture.nodes.directory.candidates(request);
    const reading = upstream?.backend.infer(continued, { signal: new AbortController().signal });
    await reading?.[Symbol.asyncIterator]().next();
    expect(fixture.nodes.overview('home').models[0]?.lines).toMatchObject([{ moved: 1 }]);
  });

  test('keeps 15 minutes of history and lets it end', async () => {
    const fixture = await openTestNodes({ devices });
    const answer = slowAnswer();
    connect(fixture, 'm1', answer.backend);
    const reading = read(fixture, 'm1', 'r1');
    await settle();
    await fixture.clock.advance(15_000);
    answer.next();
    answer.next();
    await reading;
    await fixture.clock.advance(30_000);
    const { history } = fixture.nodes.overview('home');
    expect(history).toHaveLength(3);
    expect(history[0]).toBeCloseTo(50 / 15);
    expect(history[1]).toBeCloseTo(50 / 15);
    expect(history[2]).toBe(0);
    await fixture.clock.advance(60 * 15_000);
    expect(fixture.nodes.overview('home').history.every((rate) => rate === 0)).toBe(true);
  });

  test('is not told of a pool that does not exist', async () => {
    const { nodes } = await openTestNodes();
    expect(() => nodes.overview('nowhere')).toThrow('no such pool');
  });

  test('comes at most twice a second, only while somebody looks and something moves', async () => {
    const fixture = await openTestNodes({ devices });
    const { nodes, clock } = fixture;
    const link = connect(fixture, 'm1');
    const seen: PoolOverview[] = [];
    const stop = nodes.onOverview((overview) => seen.push(overview));
    await clock.advance(500);
    expect(seen).toHaveLength(1);
    await clock.advance(5000);
    expect(seen).toHaveLength(1);
    for (let report = 0; report < 50; report += 1) {
      link.report({ load: nodeLoad({ 'm1-name': report % 3 }) });
    }
    await clock.advance(500);
    expect(seen).toHaveLength(2);
    ask(fixture, 'r1', true);
    await clock.advance(2000);
    expect(seen).toHaveLength(6);
    fixture.asks.pop();
    await clock.advance(5000);
    expect(seen).toHaveLength(7);
    expect(seen.at(-1)?.waiting).toBe(0);
    stop();
    link.report({ load: nodeLoad({ 'm1-name': 2 }) });
    await clock.advance(5000);
    expect(seen).toHaveLength(7);
  });
});

describe('an answer of a machine', () => {
  test('is asked by its own name and weights, and told by ours', async () => {
    const fixture = await openTestNodes({ devices });
    const answer = slowAnswer();
    connect(fixture, 'm2', answer.backend);
    const request = poolRequest('qwen');
    const [upstream] = fixture.nodes.directory.candidates(poolRequest('m2-name'));
    answer.next();
    answer.next();
    const chunks = await Array.fromAsync(
      upstream?.backend.infer(request, { signal: new AbortController().signal }) ?? [],
    );
    expect(answer.backend.calls[0]?.request.envelope).toMatchObject({
      ...{ model: 'm2-name', digest: 'dd' },
    });
    expect(chunks[0]).toMatchObject({
      servedBy: { upstream: 'm2', machine: 'Attic', model: 'qwen', digest: 'dd', pool: 'Home' },
    });
  });

  test('of a machine that has just gone fails in a way that can go elsewhere', async () => {
    const fixture = await openTestNodes({ devices });
    const link = connect(fixture, 'm1');
    const [upstream] = fixture.nodes.directory.candidates(poolRequest('m1-name'));
    link.cut();
    const reading = Array.fromAsync(
      upstream?.backend.infer(poolRequest('m1-name'), {
        signal: new AbortController().signal,
      }) ?? [],
    );
    await expect(reading).rejects.toMatchObject({ code: 'unavailable', reason: 'node-lost' });
  });
});
