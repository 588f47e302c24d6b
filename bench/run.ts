import { parseArgs } from 'node:util';
import { benchmarkDiscover } from './discover/discover-benchmark.ts';
import { benchmarkDownload } from './download/download-benchmark.ts';
import { benchmarkEngine, partNames, subjectNames } from './engine/engine-benchmark.ts';
import { benchmarkFit } from './fit/fit-benchmark.ts';
import { benchmarkGateway } from './gateway/gateway-benchmark.ts';
import { soakGateway } from './gateway/soak.ts';
import { benchmarkRouting } from './routing/routing-benchmark.ts';
import { build, isBuildCurrent } from '../build/scripts/support/build-state.ts';
import { benchmarkRuntime } from './runtime/runtime-benchmark.ts';
import { benchmarkStart } from './start/start-benchmark.ts';
import { benchmarkTunnel, tunnelParts } from './tunnel/tunnel-benchmark.ts';
import { interruption } from './support/interruption.ts';
import { progress } from './support/progress.ts';
import { toJson, toMarkdown, type Report } from './support/report.ts';

/**
 * `npm run bench -- engine [--json] [--runs N] [--model 20M|100M] [--part NAME] [--llama-server PATH]` and
 * `npm run bench -- runtime|start|gateway|fit|discover [--json] [--runs N]` and
 * `npm run bench -- soak [--json] [--minutes N]` and
 * `npm run bench -- routing [--json] [--runs N] [--held-out]` and
 * `npm run bench -- tunnel [--json] [--runs N] [--part NAME]` and
 * `npm run bench -- download [--json] [--runs N] [--size MIB] [--kills N]`. The report goes to stdout, progress to stderr.
 */

const usage = `Usage: npm run bench -- engine [--json] [--runs N] [--model 20M|100M] [--part NAME] [--llama-server PATH]
       npm run bench -- runtime [--json] [--runs N]
       npm run bench -- start [--json] [--runs N]
       npm run bench -- gateway [--json] [--runs N]
       npm run bench -- soak [--json] [--minutes N]
       npm run bench -- fit [--json] [--runs N]
       npm run bench -- discover [--json] [--runs N]
       npm run bench -- routing [--json] [--runs N] [--held-out]
       npm run bench -- tunnel [--json] [--runs N] [--part NAME]
       npm run bench -- download [--json] [--runs N] [--size MIB] [--kills N]`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    model: { type: 'string' },
    part: { type: 'string' },
    'llama-server': { type: 'string' },
    size: { type: 'string', default: '1024' },
    kills: { type: 'string', default: '50' },
    minutes: { type: 'string', default: '60' },
    'held-out': { type: 'boolean', default: false },
  },
});

const runs = Number(values.runs);
const signal = interruption();

/** The runtime is measured as it is shipped: bundled. */
async function buildIfNeeded(): Promise<void> {
  if (isBuildCurrent()) return;
  progress('building Millpond');
  const { code, output } = await build({ output: 'collect' });
  if (code !== 0) throw new Error(`The build failed:\n${output}`);
}

async function measure(): Promise<Report | undefined> {
  if (!Number.isInteger(runs) || runs < 1) return undefined;
  if (positionals[0] === 'engine') {
    const llamaServer = values['llama-server'];
    const model = subjectNames.find((name) => name === values.model);
    if (values.model !== undefined && model === undefined) return undefined;
    const part = partNames.find((name) => name === values.part);
    if (values.part !== undefined && part === undefined) return undefined;
    return benchmarkEngine({
      ...{ runs, signal },
      ...(model !== undefined && { model }),
      ...(part !== undefined && { part }),
      ...(llamaServer !== undefined && { llamaServer }),
    });
  }
  if (positionals[0] === 'runtime') {
    await buildIfNeeded();
    return benchmarkRuntime({ runs, signal });
  }
  if (positionals[0] === 'start') return benchmarkStart({ runs, signal });
  if (positionals[0] === 'discover') {
    await buildIfNeeded();
    return benchmarkDiscover({ runs, signal });
  }
  if (positionals[0] === 'download') {
    const [sizeMiB, kills] = [Number(values.size), Number(values.kills)];
    if (!(sizeMiB >= 1 && kills >= 1)) return undefined;
    return benchmarkDownload({ runs, signal, sizeMiB, kills });
  }
  if (positionals[0] === 'routing') {
    return benchmarkRouting({ runs, signal, isHeldOut: values['held-out'] });
  }
  if (positionals[0] === 'tunnel') {
    const part = tunnelParts.find((name) => name === values.part);
    if (values.part !== undefined && part === undefined) return undefined;
    return benchmarkTunnel({ runs, signal, ...(part !== undefined && { part }) });
  }
  if (positionals[0] === 'soak') {
    const minutes = Number(values.minutes);
    if (!(minutes > 0)) return undefined;
    await buildIfNeeded();
    return soakGateway({ minutes, signal });
  }
  if (positionals[0] === 'gateway') {
    await buildIfNeeded();
    return benchmarkGateway({ runs, signal });
  }
  if (positionals[0] === 'fit') return benchmarkFit({ runs, signal, build: buildIfNeeded });
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
