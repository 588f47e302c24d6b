import { expect, test } from 'vitest';
import { type HubModelFixture, startTestModelHub } from '../../testing/hub/hub-api.ts';
import { openHub } from '../../testing/hub/open-hub.ts';
import type { HubPage, HubQuery } from './hub-search.ts';

const never = new AbortController().signal;
const any: HubQuery = { query: '', sort: 'downloads' };

function fixture(repo: string, more: Partial<HubModelFixture> = {}): HubModelFixture {
  return { repo, commit: 'c'.repeat(40), files: new Map(), tags: ['gguf'], ...more };
}

const models: readonly HubModelFixture[] = [
  fixture('unsloth/Qwen3-4B-GGUF', {
    downloads: 500,
    lastModified: '2025-05-01T00:00:00.000Z',
    task: 'text-generation',
    gguf: { total: 4_022_468_096, context_length: 40_960, architecture: 'qwen3' },
    cardData: { license: 'apache-2.0' },
  }),
  fixture('bartowski/Llama-3.3-70B-Instruct-GGUF', {
    downloads: 900,
    lastModified: '2024-12-06T00:00:00.000Z',
    task: 'text-generation',
    gguf: { total: 70_553_706_560 },
    tags: ['gguf', 'license:llama3.3'],
    isGated: true,
  }),
  fixture('ggml-org/gemma-3-4b-it-GGUF', {
    downloads: 700,
    lastModified: '2025-03-12T00:00:00.000Z',
    task: 'image-text-to-text',
    gguf: { total: 3_880_099_328 },
    cardData: { license: 'other', license_name: 'gemma' },
  }),
  fixture('mlx-community/Qwen3-4B-4bit', {
    downloads: 600,
    lastModified: '2025-04-28T00:00:00.000Z',
    task: 'text-generation',
    library: 'mlx',
    tags: ['mlx', 'safetensors'],
    safetensors: { total: 628_500_000, parameters: { BF16: 500_000, U32: 502_000_000 } },
    config: { quantization_config: { bits: 4 } },
  }),
  fixture('someone/mystery-GGUF', { downloads: 1, lastModified: '2020-01-01T00:00:00.000Z' }),
  fixture('someone/not-runnable', { downloads: 9999, tags: ['pytorch'] }),
];

const reposOf = (page: HubPage): readonly string[] => page.models.map(({ repo }) => repo);

async function search(query: Partial<HubQuery>): Promise<HubPage> {
  await using server = await startTestModelHub({ models });
  return await openHub({ endpoint: server.origin }).hub.search({ ...any, ...query }, never);
}

test('finds models of both formats, the most downloaded first, and nothing that does not run', async () => {
  expect(reposOf(await search({}))).toEqual([
    'bartowski/Llama-3.3-70B-Instruct-GGUF',
    'ggml-org/gemma-3-4b-it-GGUF',
    'mlx-community/Qwen3-4B-4bit',
    'unsloth/Qwen3-4B-GGUF',
    'someone/mystery-GGUF',
  ]);
});

test.each([
  [{ query: 'qwen3 4b' }, ['mlx-community/Qwen3-4B-4bit', 'unsloth/Qwen3-4B-GGUF']],
  [{ query: 'qwen3', format: 'gguf' as const }, ['unsloth/Qwen3-4B-GGUF']],
  [{ format: 'mlx' as const }, ['mlx-community/Qwen3-4B-4bit']],
  [{ task: 'image-text-to-text' }, ['ggml-org/gemma-3-4b-it-GGUF']],
  [{ author: 'bartowski' }, ['bartowski/Llama-3.3-70B-Instruct-GGUF']],
  [{ minParameters: 50 }, ['bartowski/Llama-3.3-70B-Instruct-GGUF']],
  [
    { minParameters: 3, maxParameters: 4.1 },
    ['ggml-org/gemma-3-4b-it-GGUF', 'mlx-community/Qwen3-4B-4bit', 'unsloth/Qwen3-4B-GGUF'],
  ],
  [{ query: 'no such thing' }, []],
])('narrows by %j', async (query, repos) => {
  expect(reposOf(await search(query))).toEqual(repos);
});

test('has the newest first when asked to', async () => {
  const page = await search({ sort: 'updated', format: 'gguf' });
  expect(reposOf(page)[0]).toBe('unsloth/Qwen3-4B-GGUF');
});

test("keeps the hub's own order by relevance, the two formats in turn", async () => {
  expect(reposOf(await search({ sort: 'relevance' })).slice(0, 3)).toEqual([
    'unsloth/Qwen3-4B-GGUF',
    'mlx-community/Qwen3-4B-4bit',
    'bartowski/Llama-3.3-70B-Instruct-GGUF',
  ]);
});

test('tells what the hub knows of a model', async () => {
  const { models: found } = await search({});
  expect(found.find(({ repo }) => repo.startsWith('unsloth'))).toEqual({
    repo: 'unsloth/Qwen3-4B-GGUF',
    author: 'unsloth',
    name: 'Qwen3-4B',
    format: 'gguf',
    task: 'text-generation',
    parameterCount: 4_022_468_096,
    downloads: 500,
    updatedAt: Date.parse('2025-05-01T00:00:00.000Z'),
    licence: 'apache-2.0',
    isGated: false,
  });
  expect(found.find(({ repo }) => repo.startsWith('bartowski'))).toMatchObject({
    name: 'Llama-3.3-70B-Instruct',
    licence: 'llama3.3',
    isGated: true,
  });
  expect(found.find(({ repo }) => repo.startsWith('ggml-org'))?.licence).toBe('gemma');
});

test('counts what is packed in a quantized MLX model, not its numbers', async () => {
  const { models: found } = await search({ format: 'mlx' });
  expect(found[0]?.parameterCount).toBe(500_000 + 502_000_000 * 8);
});

test('goes through all pages once, and ends', async () => {
  const many = Array.from({ length: 70 }, (_, index) =>
    fixture(`org/model-${index}-GGUF`, { downloads: 1000 - index }),
  );
  const mlx = fixture('org/one-mlx', { library: 'mlx', tags: ['mlx'], downloads: 2000 });
  await using server = await startTestModelHub({ models: [...many, mlx] });
  const { hub } = openHub({ endpoint: server.origin });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await hub.search({ ...any, ...(cursor !== undefined && { cursor }) }, never);
    seen.push(...reposOf(page));
    cursor = page.cursor;
  } while (cursor !== undefined);
  expect(seen).toEqual(['org/one-mlx', ...many.map(({ repo }) => repo)]);
  expect(server.requests).toHaveLength(4);
});

test('goes on where a page is empty because of the range of parameters', async () => {
  const many = Array.from({ length: 35 }, (_, index) =>
    fixture(`org/model-${index}-mlx`, {
      library: 'mlx',
      tags: ['mlx'],
      downloads: 100 - index,
      safetensors: { total: index < 32 ? 1e9 : 8e9 },
    }),
  );
  await using server = await startTestModelHub({ models: many });
  const { hub } = openHub({ endpoint: server.origin });
  const page = await hub.search({ ...any, format: 'mlx', minParameters: 5 }, never);
  expect(reposOf(page)).toEqual(['org/model-32-mlx', 'org/model-33-mlx', 'org/model-34-mlx']);
});

test('never follows a next page to another host', async () => {
  await using server = await startTestModelHub({ models });
  await using other = await startTestModelHub({ models });
  server.failApi(1, {
    status: 200,
    headers: { link: `<${other.origin}/api/models?cursor=MA==>; rel="next"` },
    body: '[]',
  });
  const { hub } = openHub({ endpoint: server.origin });
  await hub.search({ ...any, format: 'gguf' }, never);
  expect(
    server.requests.map(({ url }) => new URL(url, 'http://hub').searchParams.get('cursor')),
  ).toEqual([null, 'MA==']);
  expect(other.requests).toEqual([]);
});

test('shows the others when one entry of a list is strange', async () => {
  await using server = await startTestModelHub({ models });
  server.failApi(1, {
    status: 200,
    body: JSON.stringify([
      { id: '../../etc/passwd', tags: ['gguf'] },
      { name: 'no id' },
      null,
      { id: 'org/ok-GGUF', tags: ['gguf'], downloads: 'many', gguf: 7, lastModified: 'yesterday' },
    ]),
  });
  const { hub } = openHub({ endpoint: server.origin });
  const page = await hub.search({ ...any, format: 'gguf' }, never);
  expect(page.models).toEqual([
    {
      repo: 'org/ok-GGUF',
      author: 'org',
      name: 'ok',
      format: 'gguf',
      downloads: 0,
      isGated: false,
    },
  ]);
});

test('refuses a cursor that is not its own', async () => {
  await expect(search({ cursor: 'nonsense' })).rejects.toMatchObject({
    code: 'invalid-request',
    param: 'cursor',
  });
});
