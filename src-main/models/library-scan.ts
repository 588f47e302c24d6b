import type { ModelManifest } from '../core/model.ts';
import { findHeaderProblem } from './gguf-header.ts';
import type { LibraryCache } from './library-cache.ts';
import { findModelFiles } from './model-files.ts';
import type { ModelFile } from './model-files.ts';
import { nameModel } from './model-name.ts';
import type { NamedModel } from './model-name.ts';

/** A file with the names it answers to. */
export interface FoundModel {
  readonly file: ModelFile;
  readonly names: NamedModel;
  readonly source: ModelManifest['source'];
  /** What is wrong at first sight. */
  readonly problem?: string;
}

/** Looks at both folders. Bundled models come first, so that no file can take their names. */
export async function scanFolders(folders: {
  readonly bundledFolder: string;
  readonly modelsFolder: string;
}): Promise<readonly FoundModel[]> {
  const bundled = await findModelFiles(folders.bundledFolder);
  const installed = await findModelFiles(folders.modelsFolder);
  const taken = new Set<string>();
  const found: FoundModel[] = [];
  for (const file of [...bundled, ...installed]) {
    const source = bundled.includes(file) ? 'bundled' : 'library';
    const named = source === 'bundled' ? nameBundled(file) : nameModel(file.segments);
    const names = taken.has(named.id.toLowerCase()) ? nameByPath(file, named) : named;
    if (taken.has(names.id.toLowerCase())) continue;
    taken.add(names.id.toLowerCase());
    const problem = await findProblem(file);
    found.push({ file, names, source, ...(problem !== undefined && { problem }) });
  }
  return found;
}

export function manifestOf(found: FoundModel, cache: LibraryCache): ModelManifest {
  const { file, names, source } = found;
  const known = cache.about(file);
  const problem = found.problem ?? known?.problem;
  return {
    id: names.id,
    name: names.name,
    format: 'gguf',
    path: file.path,
    sizeBytes: file.sizeBytes,
    source,
    ...(known?.digest !== undefined && { digest: known.digest }),
    ...(known?.facts !== undefined && { facts: known.facts }),
    ...(problem !== undefined && { problem }),
  };
}

/** A bundled model answers to the name of its folder: `guide`. */
function nameBundled(file: ModelFile): NamedModel {
  const id = file.segments[0] ?? '';
  return { id, name: id.charAt(0).toUpperCase() + id.slice(1), aliases: [] };
}

/** For a second file that claims the same id. */
function nameByPath(file: ModelFile, named: NamedModel): NamedModel {
  return { id: file.segments.join('/').replace(/\.gguf$/i, ''), name: named.name, aliases: [] };
}

async function findProblem({ path, parts, missingParts }: ModelFile): Promise<string | undefined> {
  if (missingParts > 0) {
    const all = parts.length + missingParts;
    return `${missingParts} of the ${all} files of this model are missing; download it again`;
  }
  return await findHeaderProblem(path);
}
