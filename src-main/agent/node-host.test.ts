import { expect, test } from 'vitest';
import { defaultSettings } from '../contract/settings.ts';
import { MillpondError } from '../core/error.ts';
import type { InferenceChunk, InferenceRequest } from '../core/inference.ts';
import type { Admission, NodeHost } from '../tunnel/ports.ts';
import { chatRequest, collect, textOf } from '../testing/inference-requests.ts';
import { createNodeHost, hostBackend } from './node-host.ts';
import type { SharingLimits } from './ports.ts';
import { chatModel, machine, openSharing } from './sharing.fixture.ts';

const never = new AbortController().signal;
const marker = 'MARKER-7f3a-the-prompt';

async function openHost(
  limits: Partial<SharingLimits> = {},
  options: { readonly words?: readonly string[]; readonly poolId?: string | null } = {},
) {
  const opened = await openSharing(
    { limits: { ...defaultSettings.sharing.limits, ...limits } },
    options,
  );
  let isOffered = true;
  const { poolId = 'pool-1' } = options;
  const host = createNodeHost({
    machine,
    engines: opened.engines.engines,
    sharing: opened.sharing,
    ...(poolId !== null && { poolId }),
    isOffered: () => isOffered,
  });
  return {
    ...opened,
    host,
    withdraw: () => {
      isOffered = false;
    },
  };
}

function asked(text = 'hi', envelope: Partial<InferenceRequest['envelope']> = {}) {
  return chatRequest(text, { envelope: { model: 'guide', tenant: 'pool-1', ...envelope } });
}

function failureOf(admission: Admission) {
  return admission.ok ? undefined : admission.failure;
}

function read(host: NodeHost, request: InferenceRequest, signal = never) {
  const chunks: InferenceChunk[] = [];
  const done = (async () => {
    for await (const chunk of hostBackend(host).infer(request, { signal })) chunks.push(chunk);
  })().then(
    () => undefined,
    (error: unknown) => MillpondError.from(error),
  );
  return { chunks, done, text: () => textOf(chunks) };
}

test('the advert holds what the owner allows, and never more slots than that', async () => {
  const { host, engines } = await openHost({ answersAtOnce: 3, models: ['guide'] });
  engines.state.models = [chatModel, { ...chatModel, id: 'secret' }];
  expect(host.advert()).toMatchObject({
    name: 'mill',
    models: [{ id: 'guide', slots: 3 }],
    sharing: { phase: 'sharing' },
    allowedCommands: [],
  });
  expect(host.advert()?.models[0]).not.toHaveProperty('busySlots');
  expect(host.load()?.models).toEqual([
    { id: 'guide', busySlots: 1, waiting: 0, state: { phase: 'ready' } },
  ]);
});

test('a machine that is not offered only asks', async () => {
  const { host, withdraw } = await openHost();
  withdraw();
  expect(host.advert()).toBeUndefined();
  expect(host.load()).toBeUndefined();
  expect(host.slots()).toEqual([]);
  expect(failureOf(host.admit(asked()))).toMatchObject({ code: 'forbidden' });
});

test('members read why a machine rests in words about its owner', async () => {
  const { host, sharing } = await openHost();
  await sharing.wish('pause');
  expect(sharing.state().reason).toBe('you paused it');
  expect(host.advert()?.sharing.reason).toBe('its owner paused it');
});

test.each<[string, Partial<SharingLimits>, InferenceRequest, object]>([
  [
    'a model that is not allowed',
    { models: ['other'] },
    asked(),
    { code: 'forbidden', reason: 'owner-limits' },
  ],
  [
    'a model that is not here',
    {},
    asked('hi', { model: 'llama' }),
    { code: 'forbidden', reason: 'owner-limits' },
  ],
  [
    'another digest under the same name',
    {},
    asked('hi', { digest: 'b'.repeat(64) }),
    { code: 'forbidden', reason: 'owner-limits' },
  ],
  [
    'a prompt that is far too long',
    { maxPromptTokens: 10 },
    asked('word '.repeat(100)),
    { code: 'too-large', reason: 'owner-limits' },
  ],
])('%s is refused before anything runs', async (_, limits, request, failure) => {
  const { host, engines } = await openHost(limits);
  expect(failureOf(host.admit(request))).toMatchObject(failure);
  expect(engines.requests).toEqual([]);
});

test('the same model under another name is found by its digest', async () => {
  const { host, engines, clock } = await openHost();
  const answer = read(host, asked('hi', { model: 'theirs', digest: chatModel.digest ?? '' }));
  await clock.advance(3000);
  expect(await answer.done).toBeUndefined();
  expect(engines.requests).toMatchObject([{ envelope: { model: 'guide' } }]);
});

test('so many answers at once and no more, over all pools together', async () => {
  const { host, clock, sharing, engines } = await openHost({ answersAtOnce: 2 });
  const other = createNodeHost({
    ...{ machine, engines: engines.engines, sharing, poolId: 'pool-2', isOffered: () => true },
  });
  const answers = [read(host, asked()), read(other, asked())];
  await clock.advance(500);
  const failure = failureOf(host.admit(asked()));
  expect(failure).toMatchObject({ code: 'overloaded', reason: 'owner-limits' });
  expect(failure?.retryAfterMs).toBeGreaterThan(0);
  await clock.advance(3000);
  await Promise.all(answers.map(({ done }) => done));
  expect(host.admit(asked()).ok).toBe(true);
});

test('a prompt is counted exactly where the model is loaded, and by its first chunk where not', async () => {
  const { host, engines, clock } = await openHost({ maxPromptTokens: 4 });
  engines.state.tokensOf = () => 5;
  const counted = read(host, asked('short'));
  await clock.advance(3000);
  expect(await counted.done).toMatchObject({ code: 'too-large', reason: 'owner-limits' });
  expect(engines.requests).toEqual([]);
  engines.state.tokensOf = () => undefined;
  const started = read(host, asked('short'));
  await clock.advance(3000);
  expect(await started.done).toMatchObject({ code: 'too-large' });
  expect(started.chunks).toEqual([]);
});

test('nothing new while it finishes or pauses, each with its reason', async () => {
  const { host, sharing } = await openHost();
  const run = sharing.runs.begin();
  await sharing.wish('finish');
  expect(failureOf(host.admit(asked()))).toMatchObject({ code: 'overloaded', reason: 'draining' });
  run.end(0);
  expect(failureOf(host.admit(asked()))).toMatchObject({
    ...{ code: 'overloaded', reason: 'owner-limits' },
  });
});

test('a pause hands an answer over with everything that was said so far', async () => {
  const words = ['one ', 'two ', 'three ', 'four '];
  const { host, sharing, clock } = await openHost({}, { words });
  const answer = read(host, asked());
  await clock.advance(1700);
  await sharing.wish('pause');
  await clock.advance(2000);
  expect(await answer.done).toMatchObject({
    ...{ code: 'overloaded', reason: 'preempted', retry: 'elsewhere' },
  });
  expect(answer.text()).toBe('one two three ');
  expect(sharing.status()).toMatchObject({ answersRunning: 0, given: { allTokens: 3 } });
});

test('a caller who leaves ends the answer and is counted with what came', async () => {
  const { host, sharing, clock } = await openHost();
  const stop = new AbortController();
  const answer = read(host, asked(), stop.signal);
  await clock.advance(1500);
  stop.abort(new MillpondError('cancelled', 'gone'));
  expect((await answer.done)?.code).toBe('cancelled');
  expect(sharing.status()).toMatchObject({ answersRunning: 0, given: { allTokens: 1 } });
});

test('a request stands behind the owner and inside its pool, whatever the gateway says', async () => {
  const { host, engines, clock } = await openHost();
  const answers = [
    read(host, asked('a', { tenant: 'pool-1', isVisitor: false })),
    read(host, asked('b', { tenant: 'somebody else', pools: ['x'], pin: 'y' })),
  ];
  await clock.advance(3000);
  await Promise.all(answers.map(({ done }) => done));
  expect(engines.requests).toMatchObject([
    { envelope: { tenant: 'pool-1', isVisitor: true } },
    { envelope: { tenant: 'pool-1/somebody else', isVisitor: true } },
  ]);
  expect(engines.requests[1]).not.toHaveProperty('envelope.pin');
});

test('a pool hears only of slots that hold prompts of its own', async () => {
  const { host, engines } = await openHost();
  const held = { modelId: 'guide', marks: ['m'], heldTokens: 9 };
  engines.state.slots = [
    { ...held, slot: 0, tenant: 'pool-1' },
    { ...held, slot: 1, tenant: 'pool-1/person' },
    { ...held, slot: 2, tenant: 'pool-10' },
    { ...held, slot: 3, tenant: 'owner' },
    { ...held, slot: 4, modelId: 'hidden', tenant: 'pool-1' },
  ];
  const nothing = { marks: [], heldTokens: 0 };
  expect(host.slots()).toEqual([
    { ...held, slot: 0 },
    { ...held, slot: 1 },
    { modelId: 'guide', slot: 2, ...nothing },
    { modelId: 'guide', slot: 3, ...nothing },
  ]);
});

test('all answers together stay under the upload limit', async () => {
  const words = Array.from({ length: 20 }, () => 'x'.repeat(973));
  const { host, clock, sharing } = await openHost({ uploadBytesPerSecond: 1000 }, { words });
  const answers = [read(host, asked()), read(host, asked())];
  await clock.advance(20_000);
  const bytes = answers.reduce((sum, { chunks }) => sum + chunks.length * 1000, 0);
  expect(bytes).toBeGreaterThan(17_000);
  expect(bytes).toBeLessThanOrEqual(21_000);
  expect(sharing.status().uploadBytesPerSecond).toBeLessThanOrEqual(1300);
  await clock.advance(30_000);
  expect(await Promise.all(answers.map(({ done }) => done))).toEqual([undefined, undefined]);
});

test('commands are obeyed only where the owner allows them', async () => {
  const { host, engines, sharing } = await openHost();
  const load = { kind: 'load', modelId: 'guide' } as const;
  await expect(host.command(load, never)).rejects.toMatchObject({ code: 'forbidden' });
  await sharing.update({ limits: { allowedCommands: ['load'] } });
  await host.command(load, never);
  await expect(host.command({ ...load, kind: 'unload' }, never)).rejects.toThrow(
    'The owner of mill does not let the pool unload models there',
  );
  expect(engines.state.commands).toEqual([load]);
});

test('no prompt and no answer is ever logged or kept', async () => {
  const { host, clock, lines, sharing, contributions, settings } = await openHost(
    { maxPromptTokens: 3 },
    { words: [marker] },
  );
  const refused = read(host, asked(`${marker} `.repeat(30)));
  await refused.done;
  await sharing.update({ limits: { maxPromptTokens: 0 } });
  const answered = read(host, asked(marker));
  await clock.advance(500);
  const cut = read(host, asked(marker));
  await sharing.wish('pause');
  await clock.advance(5000);
  await Promise.all([answered.done, cut.done]);
  await sharing.stop();
  expect(answered.text()).toContain(marker);
  const kept = JSON.stringify([
    ...[lines, sharing.status(), contributions.added, settings.current()],
  ]);
  expect(lines.length).toBeGreaterThan(0);
  expect(kept).not.toContain('MARKER');
});

test('a fault of this machine is told only where its owner wants that', async () => {
  for (const reportErrors of [true, false]) {
    const { engines, sharing } = await openHost({ reportErrors });
    const faults: unknown[] = [];
    const failing = new MillpondError('out-of-memory', 'no room');
    const host = createNodeHost({
      ...{ machine, sharing },
      engines: {
        ...engines.engines,

        async *infer() {
          throw await Promise.resolve(failing);
        },
      },
      isOffered: () => true,
      onFault: (error) => faults.push(error),
    });
    await expect(read(host, asked()).done).resolves.toMatchObject({ code: 'out-of-memory' });
    expect(faults).toEqual(reportErrors ? [failing] : []);
  }
});

test('a change of models, sharing or offer is told', async () => {
  const { host, sharing } = await openHost();
  let heard = 0;
  const leave = host.onAdvertChanged(() => (heard += 1));
  await sharing.wish('pause');
  expect(heard).toBeGreaterThan(0);
  leave();
  const before = heard;
  await sharing.wish('share');
  expect(heard).toBe(before);
});

test('the machine of a gateway answers its own visitors under the same limits', async () => {
  const { host, engines, clock } = await openHost({}, { poolId: null });
  const answer = collect(hostBackend(host).infer(asked('hi', { tenant: 't' }), { signal: never }));
  await clock.advance(3000);
  expect(textOf(await answer)).toBe('one two ');
  expect(engines.requests).toMatchObject([{ envelope: { tenant: 't', isVisitor: true } }]);
});
