import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { z } from 'zod';
import type { PackTarget } from './target.ts';

const manifestSchema = z.object({
  name: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
  os: z.array(z.string()).optional(),
  cpu: z.array(z.string()).optional(),
});
type Manifest = z.infer<typeof manifestSchema>;

/** Engines for graphics cards; tests leave them out, they are most of a package's size. */
export type EngineChoice = 'all' | 'cpu';

export interface RuntimePackages {
  /** Relative to the project, such as `node_modules/zod`, sorted. */
  readonly folders: readonly string[];
  /** Installed here, but for other machines or of no use there. */
  readonly leftOut: readonly string[];
}

/**
 * The packages that the program needs while it runs, found as Node finds them: from the project's own
 * dependencies on, never through peers, which are the business of whoever installs for development.
 */
export function runtimePackages(
  projectFolder: string,
  target: PackTarget,
  engines: EngineChoice,
): RuntimePackages {
  const root = realpathSync(projectFolder);
  const found = new Set<string>();
  const leftOut = new Set<string>();
  const visit = (folder: string): void => {
    const { dependencies, optionalDependencies } = readManifest(folder);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const place = resolvePackage(root, folder, name);
      if (place === undefined) {
        if (name in optionalDependencies) continue; // Of another platform: npm did not install it.
        throw new Error(`${name} is not installed; run \`npm ci\` before packing.`);
      }
      const key = place.slice(root.length + 1).replaceAll(sep, '/');
      if (found.has(key)) continue;
      if (!belongs(readManifest(place), target, engines)) {
        leftOut.add(key);
        continue;
      }
      found.add(key);
      visit(place);
    }
  };
  visit(root);
  return { folders: [...found].toSorted(), leftOut: [...leftOut].toSorted() };
}

function readManifest(folder: string): Manifest {
  return manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
}

/** Looks where Node looks: beside the one that asks, then further up, not above the project. */
function resolvePackage(root: string, from: string, name: string): string | undefined {
  for (let folder = from; folder.startsWith(root); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

function belongs(
  { name, os, cpu }: Manifest,
  { platform, arch }: PackTarget,
  engines: EngineChoice,
): boolean {
  const engine = /^@node-llama-cpp\/(.+)$/.exec(name)?.[1];
  if (engine !== undefined) return isOwnEngine(engine, platform, arch, engines);
  return (os?.includes(platform) ?? true) && (cpu?.includes(arch) ?? true);
}

const engineSystems = { linux: 'linux', darwin: 'mac', win32: 'win' } as const;

/**
 * Engine packages say too little about where they run (those for ARM also name x64), so their names
 * decide. `…-cuda-ext` stays out, 357 MB for one case only: a machine with the CUDA 12 libraries but not
 * CUDA 13's. There the Vulkan engine runs, which needs nothing but the driver.
 */
function isOwnEngine(
  engine: string,
  platform: PackTarget['platform'],
  arch: PackTarget['arch'],
  engines: EngineChoice,
): boolean {
  const own = `${engineSystems[platform]}-${arch}`;
  if (engine === own) return true;
  if (engine === `${own}-metal`) return true;
  return engines === 'all' && [`${own}-cuda`, `${own}-vulkan`].includes(engine);
}
