import { globSync, lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { BuiltPackage } from './build-packages.ts';
import type { PackTarget } from './target.ts';

export interface NamedSize {
  readonly name: string;
  readonly bytes: number;
}

/** What a person downloads, and what it takes on the disk. */
export function packageSizes(packages: readonly BuiltPackage[]): readonly NamedSize[] {
  return packages.map(({ format, path }) => ({
    name: format === 'dir' ? 'unpacked' : basename(path),
    bytes: sizeOf(path),
  }));
}

/** What the unpacked program consists of; the last line is the rest. */
export function partSizes(unpacked: string, { platform }: PackTarget): readonly NamedSize[] {
  const resources =
    platform === 'darwin'
      ? join(unpacked, 'Millpond.app', 'Contents', 'Resources')
      : join(unpacked, 'resources');
  const program = join(resources, 'app.asar.unpacked');
  const modules = join(program, 'node_modules');
  const engines = globSync('*', { cwd: join(modules, '@node-llama-cpp') }).toSorted();
  const named: readonly NamedSize[] = [
    { name: 'Node', bytes: sizeOf(join(resources, 'node')) },
    ...engines.map((name) => ({
      name: `engine ${name}`,
      bytes: sizeOf(join(modules, '@node-llama-cpp', name)),
    })),
    { name: 'canvas of pdf.js', bytes: sizeOf(join(modules, '@napi-rs')) },
    { name: 'bundled model Guide', bytes: sizeOf(join(program, 'resources', 'models')) },
    { name: 'Millpond and its window', bytes: sizeOf(join(program, 'out')) },
  ];
  const packages = sizeOf(modules) - named.reduce((sum, part) => sum + insideModules(part), 0);
  const all = [...named, { name: 'other packages', bytes: packages }];
  const rest = sizeOf(unpacked) - all.reduce((sum, { bytes }) => sum + bytes, 0);
  return [...all, { name: 'Electron and the rest', bytes: rest }];
}

const insideModules = ({ name, bytes }: NamedSize): number =>
  name.startsWith('engine ') || name.startsWith('canvas') ? bytes : 0;

/** Bytes of a file, or of every file below a folder; nothing for what is not there. */
function sizeOf(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.size;
  return globSync('**/*', { cwd: path, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0);
}

/** Two Markdown tables, in MB of a million bytes as download pages count. */
export function sizeTable(packages: readonly NamedSize[], parts: readonly NamedSize[]): string {
  const rows = (sizes: readonly NamedSize[]): string =>
    sizes.map(({ name, bytes }) => `| ${name} | ${(bytes / 1e6).toFixed(1)} |`).join('\n');
  return `| package | MB |\n| --- | --: |\n${rows(packages)}\n\n| inside | MB |\n| --- | --: |\n${rows(parts)}`;
}
