import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const folder = join(import.meta.dirname, '..', '..', 'resources', 'deploy');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const serve = readFileSync(join(import.meta.dirname, 'program.ts'), 'utf8');

/** Options that a command line names, without their values. */
const optionsIn = (line: string): readonly string[] => line.match(/(?<=^|\s)--[a-z][a-z-]*/g) ?? [];

const compose = z.object({
  services: z.object({
    millpond: z.object({
      command: z.array(z.string()),
      read_only: z.literal(true),
      cap_drop: z.tuple([z.literal('ALL')]),
      security_opt: z.tuple([z.literal('no-new-privileges:true')]),
    }),
    caddy: z.object({ depends_on: z.object({ millpond: z.object({ condition: z.string() }) }) }),
  }),
});

test('the compose file, the unit and the headers of the proxies name options that `serve` has', () => {
  const { millpond } = compose.parse(parse(read('compose.yaml'))).services;
  const unit = /^ExecStart=.*$/m.exec(read('millpond.service'))?.[0] ?? '';
  const examples = ['nginx.conf', 'Caddyfile'].map(
    (name) => /millpond serve.*$/m.exec(read(name))?.[0],
  );
  const lines = [millpond.command.join(' '), unit, ...examples.map((line) => line ?? '')];
  const options = new Set(lines.flatMap(optionsIn));
  expect([...options].toSorted()).toEqual([
    '--pool',
    '--proxy-listen',
    '--public-url',
    '--trusted-proxy',
  ]);
  for (const option of options) expect(serve).toContain(`'${option} `);
});

test('the way back after an upgrade stands in every file that says how to run it', () => {
  for (const name of ['Dockerfile', 'compose.yaml', 'millpond.service']) {
    expect(read(name)).toContain('restore --before-upgrade');
  }
  expect(serve).toContain("'--before-upgrade [which]'");
});

test('the Caddy of the compose file is told the same as the Caddyfile', () => {
  const { configs } = z
    .object({ configs: z.object({ caddyfile: z.object({ content: z.string() }) }) })
    .parse(parse(read('compose.yaml')));
  const words = (text: string): string =>
    text
      .replaceAll(/^\s*#.*$/gm, '')
      .replaceAll('127.0.0.1:8485', 'millpond:8485')
      .replaceAll(/\$\{MILLPOND_SITE[^}]*\}/g, 'ai.example.org')
      .split(/\s+/)
      .filter(Boolean)
      .join(' ');
  expect(words(configs.caddyfile.content)).toBe(words(read('Caddyfile')));
});
