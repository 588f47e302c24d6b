#!/usr/bin/env node
import { homedir } from 'node:os';
import { join } from 'node:path';
import { backUp, restorableCopies, restore } from './app/backup.ts';
import { offlineFirstAid } from './app/first-aid/offline.ts';
import { findRuntime } from './app/find-runtime.ts';
import { startRuntime } from './app/build-runtime.ts';
import { createRemoteGateways } from './app/remote-gateways.ts';
import { createOwnUpdates } from './app/updates/own-updates.ts';
import { createProgram } from './cli/program.ts';
import { MillpondError } from './core/error.ts';
import { createForkLauncher } from './platform/fork-launcher.ts';
import { createOutgoing } from './platform/http/outgoing.ts';
import { findInstallation } from './platform/installation.ts';
import { createLog } from './platform/logger.ts';
import { openBrowser } from './platform/open-browser.ts';
import { runInTerminal } from './platform/run-in-terminal.ts';
import { toolFiles } from './platform/tool-files.ts';
import { dataPaths } from './platform/paths.ts';
import { programFilesAt, programVersion } from './platform/program-files.ts';
import { startAgain } from './platform/start-again.ts';
import { systemClock } from './platform/system-clock.ts';

const files = programFilesAt(import.meta.dirname);
const surroundings = { platform: process.platform, env: process.env, homeFolder: homedir() };
const paths = dataPaths(surroundings);
const outgoing = createOutgoing(systemClock);
const http = outgoing.client('runtime');
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted.abort();
  });
}

const installation = findInstallation(import.meta.dirname, process.env);
const updates = createOwnUpdates({
  ...{ paths, installation, entryFolder: import.meta.dirname },
  logger: () => createLog({ folder: paths.logsFolder }).logger,
});
// An update that was cut off is mended before anything looks at the data.
const { isReplaced } = await updates.recover().catch((error: unknown) => {
  process.stderr.write(`${MillpondError.from(error).message}\n`);
  return { isReplaced: false };
});
if (isReplaced) process.exit(await startAgain(updates.command(), process.argv.slice(2)));

const program = createProgram({
  version: programVersion(files),
  http,
  findRuntime: () => findRuntime(paths, http),
  remotes: createRemoteGateways({ paths, outgoing, clock: systemClock, env: process.env }),
  backUp: (file) => {
    backUp(paths, file);
  },
  restore: (file) => restore(paths, file, Date.now()),
  updates,
  handOver: (port) =>
    startAgain(updates.command(), [...process.argv.slice(2), '--port', port.toString()]),
  upgradeCopies: () => restorableCopies(paths),
  startRuntime: (options) =>
    startRuntime({
      ...{ files, paths, surroundings, outgoing, installation, ...options },
      isPoolServer: options.pool !== undefined,
      clock: systemClock,
      launcher: createForkLauncher(files),
      log: createLog({ folder: paths.logsFolder }),
      face: 'headless',
    }),
  openBrowser: (url) => openBrowser(url, paths.dataFolder),
  firstAid: offlineFirstAid({
    ...{ files, paths, surroundings, outgoing, installation },
    clock: systemClock,
    launcher: createForkLauncher(files),
  }),
  files: toolFiles,
  launchRecord: join(paths.dataFolder, 'launched.json'),
  settingsOfTools: surroundings,
  startProgram: runInTerminal,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  onReload(listener) {
    // In a terminal that closes, the same signal means the end.
    if (process.stdin.isTTY) process.on('SIGHUP', () => interrupted.abort());
    else process.on('SIGHUP', listener);
  },
  interrupted: interrupted.signal,
});

try {
  await program.parseAsync(process.argv);
} catch (error) {
  // commander has already printed its refusal and set the exit status.
  if (process.exitCode === undefined) throw error;
}
await outgoing.close();
