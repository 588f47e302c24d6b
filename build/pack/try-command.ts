import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { servePackaged } from './packaged-server.ts';
import { programName, type PackTarget } from './target.ts';

/** The command line that runs the packed program with the Node in the same package. */
export function packedCommandLine(unpacked: string, target: PackTarget): readonly string[] {
  const resources =
    target.platform === 'darwin'
      ? join(unpacked, 'Millpond.app', 'Contents', 'Resources')
      : join(unpacked, 'resources');
  // Windows starts no `.cmd` without a command interpreter around it.
  return target.platform === 'win32'
    ? [
        join(resources, 'node', programName('node', target)),
        join(resources, 'app.asar.unpacked', 'out', 'main', 'cli.js'),
      ]
    : [join(resources, 'bin', 'millpond')];
}

/** Starts `serve` out of the unpacked package with an empty data folder and answers what Guide says. */
export async function tryCommand(unpacked: string, target: PackTarget): Promise<string> {
  if (!existsSync(unpacked))
    throw new Error(`${unpacked} is not there; run \`npm run pack\` first.`);
  const home = await mkdtemp(join(tmpdir(), 'millpond-packed-'));
  try {
    await using server = await servePackaged({
      command: packedCommandLine(unpacked, target),
      dataFolder: join(home, 'data'),
      homeFolder: home,
    });
    return await server.ask('What is Millpond?');
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}
