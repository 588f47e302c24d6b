// Entry of every npm script: `node build/run.js start`. Plain JavaScript, so that an older Node can
// still say what is wrong instead of stumbling over the first type.
import { fileURLToPath } from 'node:url';

const [major = '0'] = process.versions.node.split('.');
const [name, ...args] = process.argv.slice(2);

if (Number(major) < 24) {
  console.error(
    `Millpond's scripts need Node 24, which \`npm ci\` installs beside the other packages; this is Node ${process.versions.node}. If install scripts are switched off, run \`npm rebuild node\` once.`,
  );
  process.exit(1);
}

const scripts = {
  bench: '../bench/run.ts',
  build: './scripts/build.ts',
  chaos: '../e2e/chaos/run.ts',
  check: './scripts/check.ts',
  e2e: './scripts/e2e.ts',
  feed: './scripts/feed.ts',
  pack: './scripts/pack.ts',
  proto: './scripts/proto.ts',
  release: './scripts/release.ts',
  scenario: './scripts/scenario.ts',
  start: './scripts/start.ts',
  test: './scripts/test.ts',
  'test:sidecars': './scripts/test-sidecars.ts',
};
const script = scripts[name];
if (script === undefined) {
  console.error(`There is no script "${name}"; there are: ${Object.keys(scripts).join(', ')}.`);
  process.exit(1);
}
// The script reads its own arguments, as if it had been started directly.
process.argv = [process.argv[0], fileURLToPath(new URL(script, import.meta.url)), ...args];
await import(script);
