import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectFolder } from '../scripts/support/run-program.ts';

const step = z.object({ uses: z.string().optional(), run: z.string().optional() });
const workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      'runs-on': z.string(),
      needs: z.string().optional(),
      permissions: z.record(z.string(), z.string()).optional(),
      strategy: z.object({ matrix: z.record(z.string(), z.array(z.string())) }).optional(),
      steps: z.array(step),
    }),
  ),
});

const folder = join(projectFolder, '.github', 'workflows');
const files = globSync('*.yml', { cwd: folder }).toSorted();
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');
const read = (name: string) => workflow.parse(parse(textOf(name)));
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')));

test('PACK: there is a workflow for tests and one for releases', () => {
  expect(files).toEqual(['release.yml', 'test.yml']);
});

test.each(files)('PACK: every script that %s runs exists', (name) => {
  const runs = Object.values(read(name).jobs).flatMap(({ steps }) =>
    steps.map(({ run = '' }) => run),
  );
  const called = runs.flatMap((run) =>
    [...run.matchAll(/npm run ([\w:]+)/g)].map(([, word]) => word),
  );
  for (const script of called) expect(Object.keys(scripts)).toContain(script);
  const entries = Object.values(scripts).flatMap(
    (line) => /node (build\/\S+)/.exec(line)?.[1] ?? [],
  );
  for (const file of entries) expect(existsSync(join(projectFolder, file)), file).toBe(true);
});

test.each(files)(
  'PACK: %s uses actions of known content only, and may write nothing by default',
  (name) => {
    const { permissions, jobs, on } = read(name);
    const used = Object.values(jobs).flatMap(({ steps }) =>
      steps.flatMap(({ uses }) => uses ?? []),
    );
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
    expect(permissions).toEqual({ contents: 'read' });
    // Strangers' changes never run with our secrets.
    expect(Object.keys(on)).not.toContain('pull_request_target');
  },
);

test.each(files)('PACK: the jobs of %s wait only for jobs that there are', (name) => {
  const { jobs } = read(name);
  for (const { needs } of Object.values(jobs)) {
    if (needs !== undefined) expect(Object.keys(jobs)).toContain(needs);
  }
});

test('PACK: the test workflow runs what the README says', () => {
  const readme = readFileSync(join(projectFolder, 'README.md'), 'utf8');
  expect(readme).toContain('npm ci && npm test');
  expect(read('test.yml').jobs['test']?.steps.map(({ run }) => run)).toContain(
    'npm ci && npm test',
  );
});

test('PACK: a release packs on each kind of machine, and every secret that it takes is named at its top', () => {
  const { jobs } = read('release.yml');
  const runners = jobs['pack']?.strategy?.matrix['runner'] ?? [];
  for (const kind of ['ubuntu', 'macos', 'windows', 'arm', 'intel']) {
    expect(
      runners.some((runner) => runner.includes(kind)),
      kind,
    ).toBe(true);
  }
  const text = textOf('release.yml');
  const [head = ''] = text.split('name: Release');
  const secrets = [...text.matchAll(/secrets\.(\w+)/g)].map(([, secret = '']) => secret);
  expect(new Set(secrets).size).toBe(8);
  for (const secret of secrets) expect(head).toContain(secret);
  // The key of the feed is where the feed is signed, and nowhere else.
  expect(secrets.filter((secret) => secret === 'MILLPOND_UPDATE_KEY')).toHaveLength(1);
});
