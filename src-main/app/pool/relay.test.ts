import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { ControlClient } from '../../contract/control.ts';
import { startTestRuntime } from '../../testing/start-test-runtime.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { patience } from '../../testing/patience.ts';

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

async function poolAt(control: ControlClient, name: string): Promise<string> {
  await control.settings.update({ poolPort: 0, mapPort: false, announcePools: false });
  // Only machines that joined answer: it would be no relay otherwise.
  await control.sharing.wish({ wish: 'pause' });
  const { id } = await control.pools.start({ name, password: 'a long password' });
  return id;
}

test('a home pool behind a public server is one machine of its pool, however many stand behind it', async () => {
  const folder = temporaryFolder();
  const [server, home, desk] = await Promise.all([
    startTestRuntime(join(folder, 'server')),
    startTestRuntime(join(folder, 'home')),
    startTestRuntime(join(folder, 'desk')),
  ]);
  const [publicPool, homePool] = await Promise.all([
    poolAt(server.control, 'Public'),
    poolAt(home.control, 'Home'),
  ]);

  const invite = await home.control.pools.createInvite({ id: homePool });
  await desk.control.memberships.join({ link: invite.link, deviceName: 'desk' });
  const publicInvite = await server.control.pools.createInvite({ id: publicPool });
  const { id } = await home.control.memberships.join({ link: publicInvite.link });
  const { key } = await server.control.server.createKey({ name: 'tool', poolId: publicPool });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const modelsOfPublic = async (): Promise<readonly string[]> => {
    const response = await fetch(`${server.runtime.origin}/v1/models`, { headers });
    return modelList.parse(await response.json()).data.map((model) => model.id);
  };
  expect(await modelsOfPublic()).toEqual([]);

  await home.control.memberships.update({ id, offersPools: true });
  await expect.poll(modelsOfPublic, patience).toEqual(['guide']);

  const answer = await fetch(`${server.runtime.origin}/v1/chat/completions`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      ...{ model: 'guide', max_tokens: 8 },
      messages: [{ role: 'user', content: 'Hello' }],
    }),
  });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('content')]);
  const servedBy = async (): Promise<number> => {
    const { machines } = await home.control.pools.overview({ id: homePool });
    return machines.find(({ name }) => name === 'desk')?.servedAnswers ?? 0;
  };
  await expect.poll(servedBy, patience).toBe(1);

  await home.control.memberships.update({ id, offersPools: false });
  await expect.poll(modelsOfPublic, patience).toEqual([]);
}, 90_000);
