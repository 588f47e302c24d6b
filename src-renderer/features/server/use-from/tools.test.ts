import { expect, test } from 'vitest';
import type { Way } from './addresses.ts';
import { toolProblem, tools, toolSnippet } from './tools.ts';

const local: Way = { kind: 'local', url: 'http://127.0.0.1:8484', keyless: true };
const own: Way = {
  ...({ kind: 'public', url: 'https://pond.test:8443' } as const),
  ...({ keyless: false, certificate: 'own' } as const),
};
const open: Way = { ...own, certificate: 'public' };
const model = 'qwen/qwen3-8b:q4_k_m';

test.each(tools)('%s is told the live address', (tool) => {
  expect(toolSnippet(tool, { way: open, model })).toContain(open.url);
});

test.each(tools.filter((tool) => tool !== 'open-webui'))('%s is told a model', (tool) => {
  expect(toolSnippet(tool, { way: open, model })).toContain(model);
});

test.each(tools.filter((tool) => tool !== 'cursor'))(
  '%s names a key only where one is needed, and never one itself',
  (tool) => {
    expect(toolSnippet(tool, { way: local, model })).not.toContain('MILLPOND_API_KEY');
    if (toolProblem(tool, open) === undefined) {
      expect(toolSnippet(tool, { way: open, model })).toContain('MILLPOND_API_KEY');
    }
  },
);

test('every tool that takes the pools’ own authority is told where its certificate is', () => {
  for (const tool of tools) {
    if (toolProblem(tool, own) !== undefined) continue;
    expect(toolSnippet(tool, { way: own, model }), tool).toContain('millpond-ca.pem');
    expect(toolSnippet(tool, { way: open, model }), tool).not.toContain('millpond-ca.pem');
  }
});

test('who cannot come a way is not offered it', () => {
  expect(toolProblem('cursor', local)).toBe('needsPublic');
  expect(toolProblem('cursor', { ...open, certificate: 'unknown' })).toBe('needsPublic');
  expect(toolProblem('cursor', open)).toBeUndefined();
  expect(toolProblem('ollama', open)).toBe('needsKeyless');
  expect(toolProblem('continue', own)).toBe('refusesAuthority');
  expect(toolProblem('continue', local)).toBeUndefined();
});

test('Claude Code and Ollama want the address without its path, Codex with it', () => {
  const plain = (tool: 'claude-code' | 'ollama' | 'codex') =>
    toolSnippet(tool, { way: local, model });
  expect(plain('claude-code')).toContain('ANTHROPIC_BASE_URL=http://127.0.0.1:8484\n');
  expect(plain('ollama')).toContain('OLLAMA_HOST=http://127.0.0.1:8484 ');
  expect(plain('codex')).toContain('base_url = "http://127.0.0.1:8484/v1"');
});

test('a name with a space stays one word for the shell', () => {
  expect(toolSnippet('ollama', { way: local, model: 'a b' })).toContain("run 'a b'");
});

test('a container reaches the loopback of its machine by another name', () => {
  const code = toolSnippet('open-webui', { way: local, model });
  expect(code).toContain('OPENAI_API_BASE_URL=http://host.docker.internal:8484/v1');
  expect(code).toContain('--add-host=host.docker.internal:host-gateway');
  expect(toolSnippet('open-webui', { way: open, model })).not.toContain('--add-host');
});
