import { expect, test } from 'vitest';
import { type HubModelFixture, startTestModelHub } from '../../testing/hub/hub-api.ts';
import { openHub } from '../../testing/hub/open-hub.ts';

const never = new AbortController().signal;
const commit = '0123456789abcdef0123456789abcdef01234567';
const repo = 'unsloth/Qwen3-0.6B-GGUF';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const qwen: HubModelFixture = {
  repo,
  commit,
  formerName: 'unsloth/Qwen3-600M-GGUF',
  tags: ['gguf', 'qwen3', 'license:apache-2.0'],
  task: 'text-generation',
  gguf: { total: 596_049_920, context_length: 40_960, chat_template: '{{ messages }}' },
  files: new Map([
    ['README.md', text('---\nlicense: apache-2.0\n---\n# Qwen3\n\nA small model.')],
    ['Qwen3-0.6B-Q4_K_M.gguf', text('four')],
    ['Qwen3-0.6B-Q8_0.gguf', text('eight bits')],
    ['BF16/Qwen3-0.6B-BF16-00001-of-00002.gguf', text('sixteen')],
    ['BF16/Qwen3-0.6B-BF16-00002-of-00002.gguf', text('bits each')],
    ['con.gguf', text('a trap')],
    ['params', text('{}')],
  ]),
};

const mlx: HubModelFixture = {
  repo: 'mlx-community/Qwen3-0.6B-4bit',
  commit,
  library: 'mlx',
  tags: ['mlx'],
  files: new Map([
    ['config.json', text('{"max_position_embeddings": 40960, "quantization": {"bits": 4}}')],
    ['tokenizer.json', text('{}')],
    ['model.safetensors', text('weights')],
  ]),
};

test('opens a repository with its files, card, licence and what its files make', async () => {
  await using server = await startTestModelHub({ models: [qwen] });
  const { hub } = openHub({ endpoint: server.origin });
  const page = await hub.repo({ repo }, never);
  expect(page.freshness).toMatchObject({ endpoint: server.origin, isStale: false });
  expect(page.repo).toMatchObject({
    repo,
    name: 'Qwen3-0.6B',
    author: 'unsloth',
    format: 'gguf',
    commit,
    pageUrl: `${server.origin}/${repo}`,
    card: '# Qwen3\n\nA small model.',
    licence: 'apache-2.0',
    parameterCount: 596_049_920,
    trainedContextLength: 40_960,
    isGated: false,
  });
  expect(page.repo.variants.map(({ id, files }) => [id, files.length])).toEqual([
    ['Q4_K_M', 1],
    ['Q8_0', 1],
    ['BF16', 2],
  ]);
  expect(page.repo.variants[0]?.files[0]).toEqual({
    path: 'Qwen3-0.6B-Q4_K_M.gguf',
    sizeBytes: 4,
    sha256: '04efaf080f5a3e74e1c29d1ca6a48569382cbbcd324e8d59d2b83ef21c039f00',
  });
});

test('opens an MLX repository with what its configuration says', async () => {
  await using server = await startTestModelHub({ models: [mlx] });
  const { hub } = openHub({ endpoint: server.origin });
  const page = await hub.repo({ repo: mlx.repo }, never);
  expect(page.repo).toMatchObject({
    format: 'mlx',
    trainedContextLength: 40_960,
    card: '',
    variants: [{ id: 'main', tier: 'balanced', format: 'mlx' }],
  });
  const config = page.repo.variants[0]?.files.find(({ path }) => path === 'config.json');
  expect(config?.gitSha1).toMatch(/^[\da-f]{40}$/);
  expect(JSON.parse(await hub.config(page.repo, never))).toMatchObject({
    quantization: { bits: 4 },
  });
});

test('reads all pages of a repository with very many files', async () => {
  const files = new Map<string, Uint8Array>(
    Array.from({ length: 1500 }, (_, index) => [`notes/${index}.txt`, text('x')]),
  );
  files.set('z-Q4_0.gguf', text('model'));
  await using server = await startTestModelHub({ models: [{ ...qwen, files }] });
  const page = await openHub({ endpoint: server.origin }).hub.repo({ repo }, never);
  expect(page.repo.variants.map(({ id }) => id)).toEqual(['Q4_0']);
  expect(server.requests.filter(({ url }) => url.includes('/tree/'))).toHaveLength(2);
});

test('follows a repository to its new name', async () => {
  await using server = await startTestModelHub({ models: [qwen] });
  const { hub } = openHub({ endpoint: server.origin });
  const page = await hub.repo({ repo: 'unsloth/Qwen3-600M-GGUF' }, never);
  expect(page.repo.repo).toBe(repo);
});

test('opens a revision by its name', async () => {
  await using server = await startTestModelHub({ models: [qwen] });
  const { hub } = openHub({ endpoint: server.origin });
  expect((await hub.repo({ repo, revision: commit }, never)).repo.commit).toBe(commit);
  await expect(hub.repo({ repo, revision: 'v9' }, never)).rejects.toThrow(
    `${repo} has no revision “v9” at ${new URL(server.origin).host}`,
  );
});

test('shows a repository without a card, or with one beyond every size', async () => {
  const files = new Map(qwen.files).set('README.md', new Uint8Array(2 * 1024 * 1024).fill(65));
  await using server = await startTestModelHub({ models: [{ ...qwen, files }] });
  const page = await openHub({ endpoint: server.origin }).hub.repo({ repo }, never);
  expect(page.repo.card).toBe('');
  expect(page.repo.variants).toHaveLength(3);
});

test('offers nothing of a repository that does not run here', async () => {
  const model = { ...mlx, library: 'transformers', tags: ['pytorch'] };
  await using server = await startTestModelHub({ models: [model] });
  const page = await openHub({ endpoint: server.origin }).hub.repo({ repo: mlx.repo }, never);
  expect(page.repo.variants).toEqual([]);
});

test('lets nothing but a name into the address', async () => {
  await using server = await startTestModelHub({ models: [qwen] });
  const { hub } = openHub({ endpoint: server.origin });
  for (const name of ['../whoami-v2', 'a/b/../../c', 'org/name?x=y', 'org', 'org/..', '']) {
    await expect(hub.repo({ repo: name }, never)).rejects.toMatchObject({
      code: 'invalid-request',
    });
  }
  expect(server.requests).toEqual([]);
});

test('finds what a person named', async () => {
  await using server = await startTestModelHub({ models: [qwen] });
  const { hub } = openHub({ endpoint: server.origin });
  const found = await hub.resolve(`hf.co/${repo}:q8_0`, never);
  expect([found.repo.repo, found.variant.id]).toEqual([repo, 'Q8_0']);
  const page = `${server.origin}/${repo}/blob/main/Qwen3-0.6B-Q8_0.gguf`;
  expect((await hub.resolve(page, never)).variant.id).toBe('Q8_0');
  expect((await hub.resolve(repo, never)).variant.id).toBe('Q4_K_M');
  await expect(hub.resolve(`${repo}:Q5_K_M`, never)).rejects.toThrow(
    `${repo} has no Q5_K_M: it has Q4_K_M, Q8_0, BF16`,
  );
});
