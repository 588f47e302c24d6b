import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createForkLauncher } from '../platform/fork-launcher.ts';
import { createOutgoing } from '../platform/http/outgoing.ts';
import { createLog } from '../platform/logger.ts';
import { dataPaths } from '../platform/paths.ts';
import { programFilesAt } from '../platform/program-files.ts';
import { HurriedClock } from './hurried-clock.ts';

/** A runtime that differs in one thing from the one that people run. */
export interface Alteration {
  /** Seconds that pass for it in each real one, from SIGUSR2 on. */
  readonly rate?: number;
  /** Its date is so far ahead of the computer's; behind it when negative. */
  readonly aheadMs?: number;
  /** A build that speaks this version of the tunnel, and nothing older. */
  readonly protocolVersion?: number;
}

/** Another build: one constant of the protocol is replaced while its file is read. */
function speakVersion(version: number): void {
  registerHooks({
    load(url, context, nextLoad) {
      if (!url.endsWith('/tunnel/wire/protocol.ts')) return nextLoad(url, context);
      const source = readFileSync(fileURLToPath(url), 'utf8').replace(
        /(protocolVersion|oldestProtocolVersion) = \d+/gi,
        `$1 = ${version}`,
      );
      return { format: 'module-typescript', source, shortCircuit: true };
    },
  });
}

/** `millpond serve --port 0 --json` with an alteration in the first argument; see `spawnRuntime`. */
async function serve({ protocolVersion, rate = 1, aheadMs }: Alteration): Promise<void> {
  if (protocolVersion !== undefined) speakVersion(protocolVersion);
  const { startRuntime } = await import('../app/build-runtime.ts');
  const files = programFilesAt(join(import.meta.dirname, '..'));
  const surroundings = { platform: process.platform, env: process.env, homeFolder: homedir() };
  const paths = dataPaths(surroundings);
  const clock = new HurriedClock({ aheadMs });
  process.on('SIGUSR2', () => clock.hurry(rate));
  const runtime = await startRuntime({
    ...{ files, paths, surroundings, clock, face: 'headless', loadDefaultModel: false, port: 0 },
    outgoing: createOutgoing(clock),
    launcher: createForkLauncher(files),
    log: createLog({ folder: paths.logsFolder }),
  });
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: runtime.origin })}\n`);
  process.once('SIGTERM', () => void runtime.stop().then(() => process.exit(0)));
}

await serve(JSON.parse(process.argv[2] ?? '{}') as Alteration);
