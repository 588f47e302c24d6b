import { expect, onTestFinished, test } from 'vitest';
import { openChatStream } from '../../testing/chat-stream.ts';
import { startFakeOpenAiServer } from '../../testing/fake-openai-server.ts';
import { openTestPool } from '../../testing/pool-fixture.ts';
import { startScriptedMachine } from '../../testing/pool/scripted-machine.ts';
import { patience } from '../../testing/patience.ts';

/** A busy computer takes its time to bring a request to a machine. */

test('E12: a machine that dies and one that is full leave the answer to the attached server', async () => {
  const pool = await openTestPool();
  const { control, origin } = pool.gateway;
  const dying = await startScriptedMachine(pool, { name: 'dying', slots: 64 });
  await dying.call('feel', 'hangs');
  const full = await startScriptedMachine(pool, { name: 'full', answersAtOnce: 1 });
  // The owner's own key: an attached server is the owner's, and no visitor's.
  const { key } = await control.server.createKey({ name: 'owner' });
  const busy = await openChatStream({ origin, key }, { model: 'count@full', max_tokens: 10_000 });
  await busy.untilWords(1);
  const atDying = Array.from({ length: 6 }, () =>
    openChatStream({ origin, key }, { model: 'count' }),
  );
  await expect.poll(async () => (await dying.call('counts')).running, patience).toBe(6);

  const provider = await startFakeOpenAiServer({ kind: 'openai', models: [{ id: 'count' }] });
  onTestFinished(() => provider.close());
  await control.servers.add({ name: 'Provider', url: provider.url });
  await dying.kill();
  const answers = await Promise.all(atDying);
  for (const answer of answers) {
    await answer.ended;
    expect(answer).toMatchObject({ status: 200, isDone: true });
  }
  expect(provider.bodies).toHaveLength(6);
  const { requests } = await control.activity.list({});
  const ids = answers.map(({ headers }) => headers['x-request-id']);
  // Nobody mixes two answers: each has one attempt that went to its end.
  for (const { route } of requests.filter(({ id }) => ids.includes(id))) {
    expect(route?.attempts).toMatchObject([
      { machine: 'dying', tokens: 0, failure: { reason: 'node-lost' } },
      { machine: 'Provider' },
    ]);
    expect(route?.attempts[1]?.failure).toBeUndefined();
  }
  expect(await full.call('counts')).toMatchObject({ begun: 1, mostRunning: 1 });
  busy.leave();
}, 120_000);
