import { parseArgs } from 'node:util';
import { benchmarkEngine } from './engine/engine-benchmark.ts';
import { interruption } from './support/interruption.ts';
import { toJson, toMarkdown, type Report } from './support/report.ts';

/**
 * `npm run bench -- engine [--json] [--runs N] [--llama-server PATH]` and
 * `npm run bench -- runtime [--json] [--runs N]`. The report goes to stdout, progress to stderr.
 */

const usage = `Usage: npm run bench -- engine [--json] [--runs N] [--llama-server PATH]
       npm run bench -- runtime [--json] [--runs N]`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    'llama-server': { type: 'string' },
  },
});

const runs = Number(values.runs);
const signal = interruption();

async function measure(): Promise<Report | undefined> {
  if (!Number.isInteger(runs) || runs < 1) return undefined;
  if (positionals[0] === 'engine') {
    const llamaServer = values['llama-server'];
    return benchmarkEngine({ runs, signal, ...(llamaServer !== undefined && { llamaServer }) });
  }
  return undefined;
}

try {
  const report = await measure();
  if (report === undefined) {
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
  } else {
    process.stdout.write(`${values.json ? toJson(report) : toMarkdown(report)}\n`);
  }
} catch (error) {
  if (!signal.aborted) throw error;
  process.exitCode = 130;
}
