#!/usr/bin/env node
import { homedir } from 'node:os';
import { findRuntime } from './app/find-runtime.ts';
import { startRuntime } from './app/build-runtime.ts';
import { createProgram } from './cli/program.ts';
import { createForkLauncher } from './platform/fork-launcher.ts';
import { createConnectionRegister } from './platform/http/connection-register.ts';
import { createHttpClient } from './platform/http/http-client.ts';
import { createLog } from './platform/logger.ts';
import { openBrowser } from './platform/open-browser.ts';
import { dataPaths } from './platform/paths.ts';
import { programFilesAt, programVersion } from './platform/program-files.ts';
import { systemClock } from './platform/system-clock.ts';

const files = programFilesAt(import.meta.dirname);
const paths = dataPaths({ platform: process.platform, env: process.env, homeFolder: homedir() });
const http = createHttpClient({
  register: createConnectionRegister(systemClock),
  purpose: 'runtime',
});
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted.abort();
  });
}

const program = createProgram({
  version: programVersion(files),
  http,
  findRuntime: () => findRuntime(paths, http),
  startRuntime: (options) =>
    startRuntime({
      ...{ files, paths, http, ...options },
      clock: systemClock,
      launcher: createForkLauncher(files),
      log: createLog({ folder: paths.logsFolder }),
      face: 'headless',
    }),
  openBrowser: (url) => openBrowser(url, paths.dataFolder),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  interrupted: interrupted.signal,
});

try {
  await program.parseAsync(process.argv);
} catch (error) {
  // commander has already printed its refusal and set the exit status.
  if (process.exitCode === undefined) throw error;
}
await http.close();
