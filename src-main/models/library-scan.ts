import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { ModelManifest } from '../core/model.ts';
import { MillpondError } from '../core/error.ts';
import { findHeaderProblem } from './gguf-header.ts';
import type { LibraryCache } from './library-cache.ts';
import { isFolder } from './measure-files.ts';
import { findModelFiles, findModelOf } from './model-files.ts';
import type { ModelFile } from './model-files.ts';
import { nameModel } from './model-name.ts';
import type { NamedModel } from './model-name.ts';
import type { ShelvedModel } from './shelved-model.ts';
import type { StoreReading } from './stores/store-reading.ts';

/** Everywhere that models of this machine lie. */
export interface LibraryPlaces {
  readonly bundledFolder: string;
  readonly modelsFolder: string;
  /** A person's other folders; each may be on a disk that comes and goes. */
  readonly folders: readonly string[];
  /** Models outside of every folder. */
  readonly links: readonly string[];
  /** What is used in place of other programs. */
  readonly stores: readonly StoreReading[];
}

/**
 * Looks at every place. Bundled models come first, so that no file can take their names. Rejects only
 * when our own models folder cannot be read; what was last seen of any other stays, with the reason.
 */
export async function scanPlaces(
  places: LibraryPlaces,
  memory: LibraryCache,
): Promise<readonly ShelvedModel[]> {
  const { bundledFolder, modelsFolder } = places;
  const found = [
    ...(await findModelFiles(bundledFolder)).map((file) => shelveBundled(file, bundledFolder)),
    ...(await findModelFiles(modelsFolder)).map((file) => shelve(file, modelsFolder)),
  ];
  for (const folder of places.folders) found.push(...(await scanOutside(folder, memory)));
  for (const path of places.links) found.push(...(await scanLink(path, memory)));
  for (const reading of places.stores) found.push(...shelveStored(reading));
  memory.keepFolders([...places.folders, ...places.links]);
  const looked: ShelvedModel[] = [];
  // One after the other: a system lets nobody open thousands of files at once.
  for (const model of found) looked.push(await withProblem(model));
  return looked;
}

function shelveBundled(file: ModelFile, root: string): ShelvedModel {
  return { ...shelve(file, root), source: 'bundled', names: nameBundled(file) };
}

/** A bundled model answers to the name of its folder: `guide`. */
function nameBundled(file: ModelFile): NamedModel {
  const id = file.segments[0] ?? '';
  return { id, name: id.charAt(0).toUpperCase() + id.slice(1), aliases: [] };
}

function shelve(file: ModelFile, root: string): ShelvedModel {
  const source: ModelManifest['source'] = 'library';
  // The folder itself may be the model.
  const segments = file.segments.length === 0 ? [basename(root)] : file.segments;
  return { file, root, source, names: nameModel(segments), usedBy: [], isAway: false };
}

async function scanOutside(folder: string, memory: LibraryCache): Promise<readonly ShelvedModel[]> {
  const before = memory.remembered(folder);
  const isMountPoint = await isOnOwnDisk(folder);
  const mayBeUnplugged = before?.isMountPoint === true && !isMountPoint;
  try {
    const files = await findModelFiles(folder);
    if ((await isFolder(folder)) && !(mayBeUnplugged && files.length === 0)) {
      memory.remember(folder, { files, isMountPoint });
      return files.map((file) => shelve(file, folder));
    }
  } catch (error) {
    return shelveAway(before?.files, folder, MillpondError.from(error).message);
  }
  const problem = `Its folder ${folder} is not there now; connect its disk, or choose the folder again in Settings`;
  return shelveAway(before?.files, folder, problem);
}

function shelveAway(
  files: readonly ModelFile[] | undefined,
  folder: string,
  problem: string,
): readonly ShelvedModel[] {
  return (files ?? []).map((file) => ({ ...shelve(file, folder), isAway: true, problem }));
}

async function isOnOwnDisk(folder: string): Promise<boolean> {
  try {
    const [own, parent] = await Promise.all([stat(folder), stat(dirname(folder))]);
    return own.dev !== parent.dev;
  } catch {
    return false; // Not there at all.
  }
}

async function scanLink(path: string, memory: LibraryCache): Promise<readonly ShelvedModel[]> {
  const found = await findModelOf(path).catch(() => undefined);
  if (found !== undefined) memory.remember(path, { files: [found], isMountPoint: false });
  const file = found ?? memory.remembered(path)?.files[0];
  if (file === undefined) return [];
  const name = basename(file.path);
  const segments = [name];
  const shelved = {
    ...{ file: { ...file, segments }, linkPath: path, source: 'library' as const },
    ...{ names: nameModel(segments), usedBy: [] },
  };
  if (found !== undefined) return [{ ...shelved, isAway: false }];
  const problem = `${file.path} is not there now; connect its disk, or remove the model from the list`;
  return [{ ...shelved, isAway: true, problem }];
}

function shelveStored({ kind, folder, models }: StoreReading): readonly ShelvedModel[] {
  return models.map((model) => ({
    ...model,
    source: 'found',
    store: kind,
    root: folder,
    usedBy: [],
    isAway: false,
  }));
}

async function withProblem(model: ShelvedModel): Promise<ShelvedModel> {
  if (model.problem !== undefined) return model;
  const problem = await findFileProblem(model.file, model.names.name);
  return problem === undefined ? model : { ...model, problem };
}

/** What is wrong with a model's files at first sight, in one sentence; `name` is what it is called. */
export async function findFileProblem(file: ModelFile, name: string): Promise<string | undefined> {
  const { format, path, parts, missingParts } = file;
  if (missingParts > 0) {
    const all = parts.length + missingParts;
    return `${missingParts} of the ${all} files of this model are missing; download it again`;
  }
  if (format === 'mlx') return undefined;
  const isBlob = !/\.gguf$/i.test(path);
  return await (isBlob ? findHeaderProblem(path, name) : findHeaderProblem(path));
}
