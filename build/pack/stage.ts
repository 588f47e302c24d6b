import { existsSync, globSync, readFileSync } from 'node:fs';
import { chmod, constants, copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { projectFolder } from '../scripts/support/run-program.ts';
import { bundleShell } from './bundle-shell.ts';
import { isLeftOut } from './left-out.ts';
import { runtimePackages, type EngineChoice } from './runtime-packages.ts';
import { programName, type PackTarget } from './target.ts';

/** Where updates come from; a package without it says that it cannot be updated by itself. */
export interface UpdateFeed {
  readonly feed: string;
  /** Base64 of an Ed25519 key, SPKI. */
  readonly publicKey: string;
}

export interface StageOptions {
  readonly target: PackTarget;
  readonly version: string;
  readonly engines: EngineChoice;
  readonly homepage: string;
  readonly updates?: UpdateFeed;
}

/** The four parts of a package before Electron is put around them. */
export interface Stage {
  /** Becomes `app.asar`. */
  readonly shellFolder: string;
  /** Becomes `resources/app.asar.unpacked`. */
  readonly programFolder: string;
  /** Becomes `resources/node`. */
  readonly nodeFolder: string;
  /** Becomes `resources/bin`. */
  readonly commandFolder: string;
}

const manifestSchema = z.looseObject({
  name: z.string(),
  productName: z.string(),
  description: z.string(),
  license: z.string(),
  dependencies: z.record(z.string(), z.string()),
});

/** Puts the parts of a package together from the finished build in `out/`. The folder is made anew. */
export async function stage(folder: string, options: StageOptions): Promise<Stage> {
  await rm(folder, { recursive: true, force: true });
  const parts: Stage = {
    shellFolder: join(folder, 'shell'),
    programFolder: join(folder, 'program'),
    nodeFolder: join(folder, 'node'),
    commandFolder: join(folder, 'bin'),
  };
  await Promise.all(Object.values(parts).map((part: string) => mkdir(part, { recursive: true })));
  await stageShell(parts.shellFolder, options);
  await stageProgram(parts.programFolder, options);
  await stageNode(parts.nodeFolder, options.target);
  await stageCommand(parts.commandFolder, options.target);
  return parts;
}

async function stageShell(folder: string, { version, homepage }: StageOptions): Promise<void> {
  await bundleShell(join(folder, 'out', 'main'));
  await copy(
    join(projectFolder, 'out', 'preload', 'index.cjs'),
    join(folder, 'out', 'preload', 'index.cjs'),
  );
  const { name, productName, description, license } = manifest();
  await writeJson(join(folder, 'package.json'), {
    ...{ name, productName, version, description, license, homepage },
    author: 'The Millpond authors',
    type: 'module',
    main: 'out/main/index.js',
    // The name under which Wayland's desktops look for the icon.
    desktopName: 'millpond-desktop.desktop',
  });
}

/** Folders of `resources/` that the program reads; pictures of the README stay out. */
const resources = ['models', 'tray', 'deploy', 'millpond.example.yaml'];

async function stageProgram(folder: string, options: StageOptions): Promise<void> {
  const { name, productName, description, license, dependencies } = manifest();
  await writeJson(join(folder, 'package.json'), {
    ...{ name, productName, version: options.version, description, license },
    type: 'module',
    dependencies,
  });
  for (const file of ['LICENSE', 'README.md', 'README.zh-CN.md', 'CHANGELOG.md']) {
    await copy(join(projectFolder, file), join(folder, file));
  }
  for (const part of ['main', 'renderer']) await copyBuilt(part, folder);
  for (const part of resources) {
    await cp(join(projectFolder, 'resources', part), join(folder, 'resources', part), {
      recursive: true,
    });
  }
  if (options.updates) {
    await writeJson(join(folder, 'resources', 'updates.json'), options.updates);
  }
  const { folders } = runtimePackages(projectFolder, options.target, options.engines);
  await Promise.all(folders.map((found) => copyPackage(found, folder)));
}

/** Own bundles are readable as they are, so their maps stay out. The shell is in the archive. */
async function copyBuilt(part: string, folder: string): Promise<void> {
  const from = join(projectFolder, 'out', part);
  const files = globSync('**/*', { cwd: from, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.endsWith('.map') && file !== join(from, 'index.js'));
  await Promise.all(
    files.map((file) => copy(file, join(folder, 'out', part, file.slice(from.length)))),
  );
}

/** Copies one installed package without those below it, which are packages of their own. */
async function copyPackage(path: string, folder: string): Promise<void> {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const from = join(projectFolder, path);
  const files = globSync('**/*', {
    cwd: from,
    withFileTypes: true,
    exclude: (entry) => entry.name === 'node_modules',
  });
  for (const entry of files.filter((found) => found.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const relative = file.slice(from.length + 1).replaceAll('\\', '/');
    if (!isLeftOut(name, relative)) await copy(file, join(folder, path, relative));
  }
}

/**
 * The Node that npm installed for this project: the very one that the tests ran on. Where npm has none for
 * this machine, the one that runs this.
 */
async function stageNode(folder: string, target: PackTarget): Promise<void> {
  const name = programName('node', target);
  const installed = join(projectFolder, 'node_modules', 'node', 'bin', name);
  await copy(existsSync(installed) ? installed : process.execPath, join(folder, name));
  await chmod(join(folder, name), 0o755);
}

async function stageCommand(folder: string, target: PackTarget): Promise<void> {
  const name = target.platform === 'win32' ? 'millpond.cmd' : 'millpond';
  const text = await readFile(join(import.meta.dirname, 'launcher', name), 'utf8');
  // The system's own command interpreter wants its own ends of lines.
  const lines = target.platform === 'win32' ? text.replaceAll(/\r?\n/g, '\r\n') : text;
  await writeFile(join(folder, name), lines, { mode: 0o755 });
}

function manifest() {
  return manifestSchema.parse(
    JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')),
  );
}

const writeJson = (file: string, value: unknown): Promise<void> =>
  writeFile(file, `${JSON.stringify(value, undefined, 2)}\n`);

/** Shares the bytes with the original where the disk can; they are never written to afterwards. */
async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to, constants.COPYFILE_FICLONE);
}
