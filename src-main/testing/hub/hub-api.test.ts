import { expect, test } from 'vitest';
import { type HubModelFixture, startTestModelHub } from './hub-api.ts';

const model: HubModelFixture = {
  repo: 'org/Model-GGUF',
  commit: 'a'.repeat(40),
  tags: ['gguf'],
  gguf: { total: 1_000_000_000 },
  downloads: 3,
  files: new Map([['sub/m-Q4_0.gguf', new Uint8Array([1, 2, 3])]]),
};
const hidden: HubModelFixture = { ...model, repo: 'org/hidden', isPrivate: true };

test('answers with the fields that are asked for, and 304 when they are known', async () => {
  await using hub = await startTestModelHub({ models: [model] });
  const url = `${hub.origin}/api/models/org/Model-GGUF/revision/main?expand[]=downloads`;
  const first = await fetch(url);
  expect(await first.json()).toEqual({
    _id: expect.any(String) as string,
    id: 'org/Model-GGUF',
    downloads: 3,
  });
  const again = await fetch(url, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } });
  expect(again.status).toBe(304);
});

test('pages through a list by the Link header', async () => {
  const models = Array.from({ length: 5 }, (_, index) => ({ ...model, repo: `org/m${index}` }));
  await using hub = await startTestModelHub({ models });
  const first = await fetch(`${hub.origin}/api/models?filter=gguf&limit=3`);
  expect(await first.json()).toHaveLength(3);
  const next = /^<(.+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  const second = await fetch(next);
  expect(await second.json()).toHaveLength(2);
  expect(second.headers.get('link')).toBeNull();
});

test('lists files in LFS with their digest, and folders', async () => {
  await using hub = await startTestModelHub({ models: [model] });
  const answer = await fetch(`${hub.origin}/api/models/org/Model-GGUF/tree/main?recursive=true`);
  expect(await answer.json()).toMatchObject([
    { type: 'directory', path: 'sub' },
    {
      type: 'file',
      path: 'sub/m-Q4_0.gguf',
      size: 3,
      lfs: { oid: '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81', size: 3 },
    },
  ]);
});

test('tells strangers nothing about what is private, and whose a token is', async () => {
  await using hub = await startTestModelHub({ models: [hidden], accounts: { hf_ok: 'ada' } });
  const ask = async (path: string, token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const { status, headers: answered } = await fetch(`${hub.origin}${path}`, { headers });
    return [status, answered.get('x-error-code')];
  };
  expect(await ask('/api/models/org/hidden')).toEqual([401, null]);
  expect(await ask('/api/models/org/missing')).toEqual([401, null]);
  expect(await ask('/api/models/org/missing', 'hf_ok')).toEqual([404, 'RepoNotFound']);
  expect(await ask('/api/models/org/hidden', 'hf_ok')).toEqual([200, null]);
  expect(await ask('/api/models/org/hidden', 'hf_wrong')).toEqual([401, null]);
  expect(await ask('/api/whoami-v2')).toEqual([401, null]);
  const me = await fetch(`${hub.origin}/api/whoami-v2`, {
    headers: { authorization: 'Bearer hf_ok' },
  });
  expect(await me.json()).toMatchObject({ name: 'ada', type: 'user' });
});
