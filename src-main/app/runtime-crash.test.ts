import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { ControlClient } from '../contract/control.ts';
import { countingPieces, writeScriptedModel } from '../testing/scripted-gguf.ts';
import { spawnRuntime } from '../testing/spawn-runtime.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

async function sayHow(control: ControlClient, id: string): Promise<string> {
  const { messages } = await control.chats.get({ id });
  const answer = messages.find((each) => each.role === 'assistant');
  return answer?.parts.map((part) => ('text' in part ? part.text : '')).join('') ?? '';
}

function storedRequests(home: string): number {
  const database = new DatabaseSync(join(home, 'millpond.db'), { readOnly: true });
  const row = database.prepare('select count(*) as count from requests').get();
  database.close();
  return Number(row?.['count']);
}

function ask(origin: string, body: object, key?: string): Promise<Response> {
  return fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Count' }], ...body }),
  });
}

test('E29: killed under load, a restart has every key, chat, log line and token shown', async () => {
  const home = temporaryFolder();
  const folder = join(home, 'models', 'test', 'slow');
  mkdirSync(folder, { recursive: true });
  writeScriptedModel(join(folder, 'slow.gguf'), {
    says: countingPieces(900),
    ballastParameters: 20_000_000,
  });
  const first = await spawnRuntime(home);
  const { key } = await first.control.server.createKey({ name: 'laptop' });
  const revoked = await first.control.server.createKey({ name: 'old' });
  await first.control.server.revokeKey({ id: revoked.record.id });
  const done = await ask(first.origin, { model: 'slow', max_tokens: 3 }, key);
  expect(await done.text()).toContain(' 1 2 3');

  const { id } = await first.control.chats.create({});
  const message = { id, parentId: null, text: 'Count', attachmentIds: [], model: 'slow' };
  await first.control.chats.send(message);
  const streams = await Promise.all(
    [1, 2, 3].map(() => ask(first.origin, { model: 'slow', stream: true })),
  );
  expect(streams.map(({ status }) => status)).toEqual([200, 200, 200]);
  await expect.poll(() => sayHow(first.control, id)).toContain(' 9');
  // Log lines are written in batches: all but those of the last second must be there.
  await expect.poll(() => storedRequests(home)).toBeGreaterThan(0);
  const shown = await sayHow(first.control, id);
  await first.kill();
  for (const { body } of streams) await body?.cancel().catch(() => {});

  const second = await spawnRuntime(home);
  expect(await sayHow(second.control, id)).toMatch(new RegExp(`^${shown}`));
  const { messages } = await second.control.chats.get({ id });
  expect(messages.at(-1)).toMatchObject({ status: 'interrupted' });
  expect((await ask(second.origin, { model: 'slow', max_tokens: 1 }, key)).status).toBe(200);
  expect((await ask(second.origin, { model: 'slow', max_tokens: 1 }, revoked.key)).status).toBe(
    401,
  );
  const { requests } = await second.control.activity.list({ search: 'laptop' });
  expect(requests.at(-1)).toMatchObject({ state: 'done', usage: { completionTokens: 3 } });
  const { findings } = await second.control.firstAid.examine({});
  expect(findings.find(({ id }) => id === 'database')).toMatchObject({ outcome: 'ok' });
});
