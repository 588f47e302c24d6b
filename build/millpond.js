#!/usr/bin/env node
// The command of a checkout. It stands in git, so that npm can link it before anything is built; the first
// call builds. Plain JavaScript, so that an older Node can still say what is wrong.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = new URL('../out/main/cli.js', import.meta.url);

if (!existsSync(program)) {
  console.error('Building Millpond, once …');
  const build = fileURLToPath(new URL('run.js', import.meta.url));
  // Whoever reads the output of the command gets nothing but that.
  const { status } = spawnSync(process.execPath, [build, 'build'], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}
await import(program.href);
