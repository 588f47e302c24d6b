import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder, runProgram, runTool } from './support/run-program.ts';
import { supplyLlamaServer, supplyMlxServer } from './support/sidecar-programs.ts';
import type { ProgramSupply } from './support/sidecar-programs.ts';
import { runVitest } from './support/test-runs.ts';
import type { TestOutcome } from './support/test-outcome.ts';

/**
 * Runs the engine contract against the real programs of others: llama-server, built from the source
 * that node-llama-cpp brings, and mlx-lm, installed from the Python package index. What cannot be
 * had is named with its reason. The result goes to `engines/sidecars/RESULTS.md`.
 */

const sidecars = join(projectFolder, 'src-main', 'engines', 'sidecars');

interface Section {
  readonly name: string;
  readonly supply: ProgramSupply;
  readonly version: string;
  readonly tests: readonly TestOutcome[];
}

async function test(
  name: string,
  file: string,
  supply: ProgramSupply,
  versionOf: (path: string) => Promise<string>,
): Promise<Section> {
  if ('missing' in supply) return { name, supply, version: '', tests: [] };
  process.env[variables[file] ?? ''] = supply.path;
  const run = await runVitest({
    config: join(projectFolder, 'build', 'vitest.sidecars.config.ts'),
    files: [`src-main/engines/sidecars/${file}.sidecar.test.ts`],
  });
  return { name, supply, version: await versionOf(supply.path), tests: run.tests };
}

const variables: Readonly<Record<string, string>> = {
  'llama-server': 'MILLPOND_LLAMA_SERVER',
  'mlx-lm': 'MILLPOND_MLX_SERVER',
};

async function llamaVersion(path: string): Promise<string> {
  const { output } = await runProgram(path, ['--version'], { output: 'collect' });
  return /^version: (.+)$/m.exec(output)?.[1] ?? 'unknown';
}

async function mlxVersion(path: string): Promise<string> {
  const python = join(path, '..', 'python');
  const script = "from importlib.metadata import version; print(version('mlx-lm'), version('mlx'))";
  const { output } = await runProgram(python, ['-c', script], { output: 'collect' });
  const [tool, library] = output.trim().split(' ');
  return `mlx-lm ${tool ?? '?'}, mlx ${library ?? '?'}`;
}

function describe({ name, supply, version, tests }: Section): string {
  if ('missing' in supply) return `## ${name}\n\nNot run: ${supply.missing}.\n`;
  const count = (outcome: TestOutcome['outcome']): number =>
    tests.filter((each) => each.outcome === outcome).length;
  const summary = `${String(count('passed'))} passed, ${String(count('failed'))} failed, ${String(count('skipped'))} skipped because the program cannot do it.`;
  const words = { passed: 'pass', failed: 'FAIL', skipped: 'skip' };
  const rows = tests.map((each) => `| ${words[each.outcome]} | ${each.name} |`);
  return [
    `## ${name}`,
    '',
    `${version}, ${supply.origin}. ${summary}`,
    '',
    '| | |',
    '| --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

const llama = await test('llama-server', 'llama-server', await supplyLlamaServer(), llamaVersion);
const mlx = await test('mlx_lm.server', 'mlx-lm', await supplyMlxServer(), mlxVersion);
const results = join(sidecars, 'RESULTS.md');
writeFileSync(
  results,
  [
    '# The last run against real programs',
    '',
    `\`npm run test:sidecars\` on ${process.platform} ${process.arch}, ${new Date().toISOString().slice(0, 10)}, without a graphics card. Models are generated: random weights, a random projector for pictures.`,
    '',
    describe(llama),
    describe(mlx),
    '## vLLM',
    '',
    'Not run: the Python package index has no build of it for processors, and its own needs a graphics card. `npm test` runs a recorded fake: a program that takes the same arguments and answers in the same form.',
    '',
  ].join('\n'),
);
await runTool('prettier', ['--write', '--log-level', 'warn', results], { output: 'show' });
console.log(`\nWritten to ${results}`);
const outcomes = [...llama.tests, ...mlx.tests].map((each) => each.outcome);
process.exitCode = outcomes.includes('failed') || outcomes.length === 0 ? 1 : 0;
