import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

// Local only can promise something because nothing but this folder opens connections. The import
// rules check it in the build; these tests check that the rules would notice.

const root = join(import.meta.dirname, '..', '..', '..');
const pattern = z.union([z.string(), z.array(z.string())]).transform((each) => [each].flat());
const rules = z.object({
  forbidden: z.array(
    z.object({
      name: z.string(),
      from: z.object({ path: pattern.optional(), pathNot: pattern.optional() }),
      to: z.object({ path: pattern.optional() }),
    }),
  ),
});

function doorRule() {
  const config: unknown = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs'));
  const rule = rules
    .parse(config)
    .forbidden.find((each) => each.name === 'outgoing-only-through-http-and-tunnel');
  if (rule === undefined) throw new Error('the rule is gone');
  const matches = (paths: readonly string[] | undefined, text: string): boolean =>
    (paths ?? []).some((each) => new RegExp(each).test(text));
  return {
    covers: (file: string) => matches(rule.from.path, file) && !matches(rule.from.pathNot, file),
    forbids: (module: string) => matches(rule.to.path, module),
  };
}

test('the import rule covers every way to open a connection', () => {
  const { forbids } = doorRule();
  const doors = ['http', 'https', 'http2', 'net', 'tls', 'dgram'];
  const ways = [...doors, ...doors.map((name) => `node:${name}`), 'node_modules/undici/index.js'];
  expect(ways.filter((way) => !forbids(way))).toEqual([]);
  expect(forbids('node:fs')).toBe(false);
});

test('the import rule covers every folder but this one, the tunnel, and the server', () => {
  const { covers } = doorRule();
  const files = ['models/hub/hub.ts', 'engines/attached/x.ts', 'app/x.ts', 'cli/x.ts', 'cli.ts'];
  expect(files.filter((file) => !covers(`src-main/${file}`))).toEqual([]);
  expect(covers('src-main/platform/http/routes.ts')).toBe(false);
});

/** Ways out that need no import. A bare `fetch` is the linter's to find. */
const globalDoor =
  /\b(?:new (?:WebSocket|EventSource)|(?:globalThis|await|return|void) ?\.?fetch)\(/;

test('no source of the runtime goes out through a global', () => {
  const ways = ['await fetch(url)', 'globalThis.fetch(url)', 'new WebSocket(url)'];
  expect(ways.filter((way) => !globalDoor.test(way))).toEqual([]);
  const folder = join(root, 'src-main');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.ts') &&
      !/[.](?:test|contract|fixture)[.]ts$/.test(file) &&
      !file.startsWith('testing'),
  );
  expect(sources.length).toBeGreaterThan(100);
  expect(
    sources.filter((file) => globalDoor.test(readFileSync(join(folder, file), 'utf8'))),
  ).toEqual([]);
});
