import { expect, onTestFinished, test } from 'vitest';
import { openChatStream } from '../../testing/chat-stream.ts';
import { startFakeOpenAiServer } from '../../testing/fake-openai-server.ts';
import { openTestPool } from '../../testing/pool-fixture.ts';
import { startScriptedMachine } from '../../testing/pool/scripted-machine.ts';

test('E12: a machine that dies and one that is full leave the answer to the attached server', async () => {
  const pool = await openTestPool();
  const { control, origin } = pool.gateway;
  const dying = await startScriptedMachine(pool, { name: 'dying', slots: 64 });
  await dying.call('feel', 'dies');
  await startScriptedMachine(pool, { name: 'full', answersAtOnce: 1 });
  // The owner's own key: an attached server is the owner's, and no visitor's.
  const { key } = await control.server.createKey({ name: 'owner' });
  const busy = await openChatStream({ origin, key }, { model: 'count@full', max_tokens: 500 });
  await busy.untilWords(1);

  const provider = await startFakeOpenAiServer({ kind: 'openai', models: [{ id: 'count' }] });
  onTestFinished(() => provider.close());
  await control.servers.add({ name: 'Provider', url: provider.url });
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => openChatStream({ origin, key }, { model: 'count' })),
  );
  for (const answer of answers) {
    await answer.ended;
    expect(answer).toMatchObject({ status: 200, isDone: true });
  }
  expect(provider.bodies.length).toBeGreaterThan(0);
  const { requests } = await control.activity.list({});
  const routes = requests.flatMap(({ route }) => (route === undefined ? [] : [route]));
  // Nobody mixes two answers: each has one attempt that went to its end.
  for (const route of routes) {
    const whole = route.attempts.filter(({ failure }) => failure === undefined);
    expect(whole.length).toBeLessThanOrEqual(1);
  }
  busy.leave();
}, 120_000);
