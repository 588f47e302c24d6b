import { chmod, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Arch, Platform, build } from 'electron-builder';
import type { Configuration } from 'electron-builder';
import { z } from 'zod';
import { projectFolder } from '../scripts/support/run-program.ts';
import { writeTarGz } from './archive.ts';
import { builderConfig } from './electron-builder-config.ts';
import { fakeElectronFolder } from './fake-electron.ts';
import type { Format } from './formats.ts';
import { writeIconFiles } from './icon-files.ts';
import type { EngineChoice } from './runtime-packages.ts';
import { stage, type Stage, type UpdateFeed } from './stage.ts';
import type { PackTarget } from './target.ts';

export interface PackOptions {
  /** Packages end up here, and the unpacked program in `unpacked`. */
  readonly outputFolder: string;
  readonly target: PackTarget;
  readonly formats: readonly Format[];
  /** Electron's own folder; the stand-in of `fake-electron.ts` if absent. */
  readonly electronFolder?: string;
  readonly engines: EngineChoice;
  /** Of package.json if absent. */
  readonly version?: string;
  readonly updates?: UpdateFeed;
  readonly homepage?: string;
  /** `none` is for tests, which read the package once. */
  readonly compression: 'none' | 'best';
  /** The time of all files, in epoch seconds, so that the same sources make the same bytes. */
  readonly epochSeconds: number;
}

export interface BuiltPackage {
  readonly format: Format;
  /** A file, or the folder of `dir`. */
  readonly path: string;
}

/** Names that cannot be reached, until a release names the real ones. */
const unknownHomepage = 'https://millpond.invalid';

/** Makes packages for this machine's own kind from the finished build in `out/`. */
export async function buildPackages(options: PackOptions): Promise<readonly BuiltPackage[]> {
  const { outputFolder, target } = options;
  const workFolder = join(outputFolder, '.work');
  await rm(workFolder, { recursive: true, force: true });
  await mkdir(workFolder, { recursive: true });
  const version = options.version ?? manifestVersion(projectFolder);
  const parts = await stage(join(workFolder, 'stage'), {
    ...{ target, version, engines: options.engines },
    homepage: options.homepage ?? unknownHomepage,
    ...(options.updates && { updates: options.updates }),
  });
  const config = await configure(options, parts, workFolder);
  const maker = new PackageMaker({ ...options, version }, config, workFolder, parts.shellFolder);
  const packages = await maker.makeAll();
  await rm(workFolder, { recursive: true, force: true });
  return packages;
}

async function configure(
  options: PackOptions,
  parts: Stage,
  workFolder: string,
): Promise<Configuration> {
  const electronFolder =
    options.electronFolder ?? (await fakeElectronFolder(join(workFolder, 'electron')));
  const electronPackage = join(projectFolder, 'node_modules', 'electron');
  return builderConfig({
    electronFolder,
    outputFolder: join(workFolder, 'built'),
    electronVersion: manifestVersion(electronPackage),
    isStandIn: options.electronFolder === undefined,
    compression: options.compression,
    icons: await writeIconFiles(join(workFolder, 'icons')),
    systemFiles: await systemFiles(join(workFolder, 'system')),
    afterPack: ({ appOutDir }) => addProgram(resourcesIn(appOutDir, options.target), parts),
  });
}

/** What deb and rpm put elsewhere than below `/opt`, each with the mark of its own kind. */
async function systemFiles(folder: string) {
  await mkdir(folder, { recursive: true });
  const link = join(folder, 'millpond');
  await symlink('/opt/Millpond/resources/bin/millpond', link);
  const unit = join(projectFolder, 'resources', 'deploy', 'millpond.service');
  const common = [
    `${link}=/usr/bin/millpond`,
    `${unit}=/usr/share/doc/millpond/examples/millpond.service`,
    `${join(projectFolder, 'LICENSE')}=/usr/share/doc/millpond/copyright`,
  ];
  const marked = async (kind: 'deb' | 'rpm') => {
    const mark = join(folder, `package-type-${kind}`);
    await writeFile(mark, kind);
    return [`${mark}=/opt/Millpond/resources/package-type`, ...common];
  };
  return { deb: await marked('deb'), rpm: await marked('rpm') };
}

/** The program lies beside the archive as plain files: neither native code nor its own Node can read that. */
async function addProgram(resources: string, parts: Stage): Promise<void> {
  const places = {
    'app.asar.unpacked': parts.programFolder,
    node: parts.nodeFolder,
    bin: parts.commandFolder,
  };
  for (const [name, from] of Object.entries(places)) {
    await rename(from, join(resources, name));
  }
}

function resourcesIn(appOutDir: string, { platform }: PackTarget): string {
  return platform === 'darwin'
    ? join(appOutDir, 'Millpond.app', 'Contents', 'Resources')
    : join(appOutDir, 'resources');
}

const builderPlatforms = { linux: Platform.LINUX, darwin: Platform.MAC, win32: Platform.WINDOWS };

/** Makes the unpacked program first, then each format out of it. */
class PackageMaker {
  private readonly options: PackOptions & { readonly version: string };
  private readonly config: Configuration;
  private readonly workFolder: string;
  private readonly shellFolder: string;

  constructor(
    options: PackOptions & { readonly version: string },
    config: Configuration,
    workFolder: string,
    shellFolder: string,
  ) {
    this.options = options;
    this.config = config;
    this.workFolder = workFolder;
    this.shellFolder = shellFolder;
  }

  async makeAll(): Promise<readonly BuiltPackage[]> {
    const { formats, outputFolder, target } = this.options;
    const unpacked = join(outputFolder, 'unpacked');
    await rm(unpacked, { recursive: true, force: true });
    await this.runBuilder('dir');
    await rename(await this.builtFolder(), unpacked);
    if (target.platform === 'linux') await chmod(join(unpacked, 'chrome-sandbox'), 0o755);
    const packages: BuiltPackage[] = [{ format: 'dir', path: unpacked }];
    for (const format of formats.filter((each) => each !== 'dir')) {
      const path =
        format === 'tar.gz' ? await this.tarGz(unpacked) : await this.ask(format, unpacked);
      packages.push({ format, path });
    }
    return packages;
  }

  private async runBuilder(format: string, prepackaged?: string): Promise<readonly string[]> {
    const { target, epochSeconds } = this.options;
    process.env['SOURCE_DATE_EPOCH'] = String(epochSeconds);
    if (format === 'deb') process.env['CUSTOM_FPM_PATH'] = await this.fpm();
    else delete process.env['CUSTOM_FPM_PATH'];
    return build({
      targets: builderPlatforms[target.platform].createTarget(format, Arch[target.arch]),
      projectDir: this.shellFolder,
      publish: 'never',
      config: this.config,
      ...(prepackaged !== undefined && { prepackaged }),
    });
  }

  /** electron-builder wants one program; ours is a script for this very Node. */
  private async fpm(): Promise<string> {
    const file = join(this.workFolder, 'fpm');
    const script = join(import.meta.dirname, 'fpm-on-dpkg.ts');
    await writeFile(file, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`, {
      mode: 0o755,
    });
    return file;
  }

  /** `linux-unpacked`, `mac-arm64`, `win-unpacked`: electron-builder's own names. */
  private async builtFolder(): Promise<string> {
    const folder = join(this.workFolder, 'built');
    const names = await readdir(folder);
    const found = names.find(
      (name) => /^(linux|mac|win)/.test(name) && statSync(join(folder, name)).isDirectory(),
    );
    if (found === undefined) throw new Error(`electron-builder left no folder in ${folder}.`);
    return join(folder, found);
  }

  private async ask(format: Format, unpacked: string): Promise<string> {
    const { target, outputFolder } = this.options;
    const program = target.platform === 'darwin' ? join(unpacked, 'Millpond.app') : unpacked;
    const files = await this.runBuilder(format, program);
    const made = files.find((file) => !file.endsWith('.blockmap') && !file.endsWith('.yml'));
    if (made === undefined || !existsSync(made)) {
      throw new Error(`electron-builder made no ${format}; its lines above say why.`);
    }
    const path = join(outputFolder, basename(made));
    await rename(made, path);
    // electron-builder leaves it for the next format, which has no use for it.
    await rm(join(unpacked, 'resources', 'apparmor-profile'), { force: true });
    return path;
  }

  private async tarGz(unpacked: string): Promise<string> {
    const { outputFolder, version, target, compression, epochSeconds } = this.options;
    const topFolder = `millpond-${version}-linux-${target.arch}`;
    const path = join(outputFolder, `${topFolder}.tar.gz`);
    await writeTarGz(unpacked, path, {
      ...{ topFolder, epochSeconds },
      level: compression === 'none' ? 0 : 9,
    });
    return path;
  }
}

const versioned = z.object({ version: z.string() });

function manifestVersion(folder: string): string {
  return versioned.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).version;
}
