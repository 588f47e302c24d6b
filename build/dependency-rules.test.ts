import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

/**
 * Plants one violation of each rule in a small tree of its own and asks dependency-cruiser, with the
 * project's real rules, what it sees.
 */

const root = join(import.meta.dirname, '..');
const report = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/** What would be legal: the control that keeps a rule from catching everything. */
const legalFiles: Record<string, string> = {
  'src-main/core/model.ts': 'export const model = 1;',
  'src-main/core/model.test.ts': `import '../testing/fake-clock.ts'; import 'node:fs';`,
  'src-main/contract/models.ts': `import { z } from 'zod'; import '../core/model.ts'; export type Model = z.infer<typeof schema>; export const schema = z.string();`,
  'src-main/platform/http/client.ts': `import 'undici'; import 'node:tls';`,
  'src-main/platform/paths.ts': `import 'node:path';`,
  'src-main/gateway/ports.ts': 'export const port = 1;',
  'src-main/gateway/http/listen.ts': `import 'node:http'; import 'fastify';`,
  'src-main/storage/key-store.ts': `import '../gateway/ports.ts';`,
  'src-main/engines/llama-cpp/engine.ts': `import 'node-llama-cpp';`,
  'src-main/testing/fake-clock.ts': 'export const clock = 1;',
  'src-main/app/build-gateway.ts': `import '../gateway/http/listen.ts'; import '../storage/key-store.ts';`,
  'src-main/app/build-runtime.ts': `import './build-gateway.ts'; import '../engines/manager.ts';`,
  'src-main/engines/manager.ts': 'export const manager = 1;',
  'src-main/electron/shell-window.ts': `import 'electron';`,
  'src-main/settings/store.ts': 'export const store = 1;',
  'src-main/electron/shell.ts': `import 'electron'; import '../app/build-runtime.ts';`,
  'src-main/index.ts': `import './electron/shell.ts';`,
  'src-main/cli.ts': `import './app/build-runtime.ts';`,
  'src-main/engine-host.ts': `import './engines/llama-cpp/engine.ts';`,
  'src-renderer/api.ts': `import { schema } from '../src-main/contract/models.ts'; export const api = schema; export type { Model } from '../src-main/contract/models.ts';`,
  'src-renderer/page.tsx': `import type { Model } from '../src-main/contract/models.ts'; import { api } from './api.ts'; import '../src-main/core/model.ts'; export const page: Model = api;`,
  'e2e/launch.ts': `import '../src-main/testing/fake-clock.ts';`,
};

interface Seed {
  readonly rule: string;
  readonly what: string;
  readonly file: string;
  readonly source: string;
  /** Where the rule reports it, when that is not `file`. */
  readonly from?: string;
}

const seeds: readonly Seed[] = [
  {
    rule: 'layer-gateway',
    what: 'the gateway imports an engine',
    file: 'src-main/gateway/bad-1.ts',
    source: `import '../engines/manager.ts';`,
  },
  {
    rule: 'layer-storage',
    what: 'storage imports more of a folder than its ports',
    file: 'src-main/storage/bad-2.ts',
    source: `import '../gateway/http/listen.ts';`,
  },
  {
    rule: 'layer-dialects',
    what: 'a dialect imports platform',
    file: 'src-main/dialects/bad-3.ts',
    source: `import '../platform/paths.ts';`,
  },
  {
    rule: 'layer-chats',
    what: 'a sibling imports a sibling',
    file: 'src-main/chats/bad-4.ts',
    source: `import '../settings/store.ts';`,
  },
  {
    rule: 'layer-cli',
    what: 'the command line imports the composition',
    file: 'src-main/cli/bad-5.ts',
    source: `import '../app/build-runtime.ts';`,
  },
  {
    rule: 'layer-electron',
    what: 'the shell imports an engine',
    file: 'src-main/electron/bad-6.ts',
    source: `import '../engines/manager.ts';`,
  },
  {
    rule: 'layer-app',
    what: 'the composition imports the shell',
    file: 'src-main/app/bad-7.ts',
    source: `import '../electron/shell.ts';`,
  },
  {
    rule: 'core-is-pure',
    what: 'core imports Node',
    file: 'src-main/core/bad-8.ts',
    source: `import 'node:fs';`,
  },
  {
    rule: 'contract-needs-only-zod',
    what: 'the contract imports a server package',
    file: 'src-main/contract/bad-9.ts',
    source: `import 'fastify';`,
  },
  {
    rule: 'electron-only-in-the-shell',
    what: 'a model file imports Electron',
    file: 'src-main/models/bad-10.ts',
    source: `import 'electron';`,
  },
  {
    rule: 'engine-library-only-in-its-engine',
    what: 'hardware imports the engine library',
    file: 'src-main/hardware/bad-11.ts',
    source: `import 'node-llama-cpp';`,
  },
  {
    rule: 'grpc-only-in-tunnel',
    what: 'the agent speaks gRPC itself',
    file: 'src-main/agent/bad-12.ts',
    source: `import '@grpc/grpc-js';`,
  },
  {
    rule: 'outgoing-only-through-http-and-tunnel',
    what: 'a model file opens its own connection by a package',
    file: 'src-main/models/bad-13.ts',
    source: `import 'undici';`,
  },
  {
    rule: 'outgoing-only-through-http-and-tunnel',
    what: 'a model file opens its own connection by Node',
    file: 'src-main/models/bad-14.ts',
    source: `import 'node:net';`,
  },
  {
    rule: 'the-gateway-is-no-client',
    what: 'the gateway opens a connection',
    file: 'src-main/gateway/http/bad-15.ts',
    source: `import 'undici';`,
  },
  {
    rule: 'fakes-only-in-tests',
    what: 'shipped code imports a fake',
    file: 'src-main/chats/bad-16.ts',
    source: `import '../testing/fake-clock.ts';`,
  },
  {
    rule: 'window-sees-only-the-contract',
    what: 'the window imports platform code',
    file: 'src-renderer/bad-17.tsx',
    source: `import '../src-main/platform/paths.ts';`,
  },
  {
    rule: 'one-door-to-the-runtime',
    what: 'a page imports contract values',
    file: 'src-renderer/bad-18.tsx',
    source: `import { schema } from '../src-main/contract/models.ts'; export const bad = schema;`,
  },
  {
    rule: 'no-server-code-in-the-window',
    what: 'the window imports Node',
    file: 'src-renderer/bad-19.tsx',
    source: `import 'node:fs';`,
  },
  {
    rule: 'headless-runs-without-electron',
    what: 'the command line reaches Electron over a corner',
    file: 'src-main/app/build-runtime.ts',
    source: `import '../electron/shell-window.ts'; import '../engines/manager.ts';`,
    from: 'src-main/cli.ts',
  },
  {
    rule: 'runtime-loads-no-engine-library',
    what: 'the runtime reaches the engine library over a corner',
    file: 'src-main/engines/manager.ts',
    source: `import './llama-cpp/engine.ts'; import { pool } from './pool.ts'; export const manager = pool;`,
    from: 'src-main/cli.ts',
  },
  {
    rule: 'gateway-starts-alone',
    what: 'the gateway reaches an engine over a corner',
    file: 'src-main/gateway/http/listen.ts',
    source: `import '../../engines/manager.ts';`,
    from: 'src-main/app/build-gateway.ts',
  },
  {
    rule: 'no-cycles',
    what: 'two files import each other',
    file: 'src-main/engines/pool.ts',
    source: `import { manager } from './manager.ts'; export const pool = () => manager;`,
    from: 'src-main/engines/manager.ts',
  },
];

const stubPackages = ['electron', 'fastify', 'node-llama-cpp', 'undici', 'zod', '@grpc/grpc-js'];

/** The names of the project's own rules. */
function ruleNames(): string[] {
  const rules: unknown = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
  const named = z.object({ forbidden: z.array(z.object({ name: z.string() })) }).parse(rules);
  return named.forbidden.map((rule) => rule.name);
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-rules-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function plant(name: string, files: Record<string, string>): string {
  const tree = join(folder, name);
  for (const [path, source] of Object.entries(files)) write(join(tree, path), source);
  for (const stub of stubPackages) {
    const at = join(tree, 'node_modules', stub);
    const manifest = { name: stub, version: '1.0.0', type: 'module', exports: './index.js' };
    write(join(at, 'package.json'), JSON.stringify(manifest));
    write(join(at, 'index.js'), 'export const z = 1;');
  }
  const manifest = { type: 'module', dependencies: {} };
  write(join(tree, 'package.json'), JSON.stringify(manifest));
  const options = { moduleResolution: 'bundler', module: 'preserve', jsx: 'react-jsx' };
  write(join(tree, 'tsconfig.node.json'), JSON.stringify({ compilerOptions: options }));
  return tree;
}

/** Names of the rules that this tree breaks, with the file that breaks each. */
async function violationsIn(tree: string): Promise<string[]> {
  const command = [
    join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
    ...['--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json'],
    ...['src-main', 'src-renderer', 'e2e'],
  ];
  const output = await new Promise<string>((resolve, reject) => {
    // The program's exit code counts violations; only an answer that is no report is a failure.
    execFile(
      process.execPath,
      command,
      { cwd: tree, maxBuffer: 1 << 26 },
      (_error, stdout, stderr) => {
        if (stdout.startsWith('{')) resolve(stdout);
        else reject(new Error(stderr || stdout));
      },
    );
  });
  const { violations } = report.parse(JSON.parse(output)).summary;
  return violations.map((violation) => `${violation.rule.name}: ${violation.from}`);
}

test('a tree that keeps the rules has no violation', async () => {
  expect(await violationsIn(plant('legal', legalFiles))).toEqual([]);
});

describe('a tree with one violation of each rule', () => {
  let found: string[];
  beforeAll(async () => {
    const planted = Object.fromEntries(seeds.map(({ file, source }) => [file, source]));
    found = await violationsIn(plant('seeded', { ...legalFiles, ...planted }));
  });

  test.each(seeds)('$rule reports that $what', ({ rule, file, from }) => {
    expect(found).toContain(`${rule}: ${from ?? file}`);
  });

  test('no rule of the project is left without a seed', () => {
    const seeded = new Set(seeds.map((seed) => seed.rule));
    const untested = ruleNames().filter((name) => !seeded.has(name) && !name.startsWith('layer-'));
    expect(untested).toEqual([]);
  });
});
