import { homedir } from 'node:os';
import { MillpondError } from '../../core/error.ts';
import { reportText } from '../../core/report-text.ts';
import { createOutgoing } from '../../platform/http/outgoing.ts';
import { findInstallation } from '../../platform/installation.ts';
import { dataPaths } from '../../platform/paths.ts';
import type { ProgramFiles } from '../../platform/program-files.ts';
import { createShellLauncher } from '../../platform/shell-launcher.ts';
import type { FromRuntime, ParentPort, ToRuntime } from '../../platform/shell-protocol.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { offlineFirstAid } from './offline.ts';

const limitMs = 180_000;

/** First aid for a shell whose runtime cannot start: writes the report and ends this process. */
export async function aidInShell(port: ParentPort, files: ProgramFiles): Promise<void> {
  const send = (message: FromRuntime): void => {
    port.postMessage(message);
  };
  const launcher = createShellLauncher({ send });
  port.on('message', ({ data, ports }) => {
    const message = data as ToRuntime; // The shell is our own code of the same build.
    launcher.accept(message, ports);
    if (message.type === 'stop') process.exit(0);
  });
  const surroundings = { platform: process.platform, env: process.env, homeFolder: homedir() };
  const aid = offlineFirstAid({
    ...{ files, surroundings, launcher, clock: systemClock },
    paths: dataPaths(surroundings),
    outgoing: createOutgoing(systemClock),
    installation: findInstallation(files.entryFolder, process.env),
  });
  try {
    const sections = await aid.report(AbortSignal.timeout(limitMs));
    send({ type: 'report', text: reportText(sections) });
  } catch (error) {
    send({ type: 'report', text: MillpondError.from(error).message });
  }
}
