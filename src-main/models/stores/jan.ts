import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { usualLimits, walkFolders } from '../folder-walk.ts';
import { findModelFiles, findModelOf } from '../model-files.ts';
import type { ModelFile } from '../model-files.ts';
import { nameModel } from '../model-name.ts';
import { isFolder, segmentsBelow } from '../measure-files.ts';
import { readSmallJson, readSmallText } from './read-text.ts';
import { given } from './store-reading.ts';
import type { StoredModel, StoreSurroundings } from './store-reading.ts';

const settingsSchema = z.object({ data_folder: z.string().optional() });

/** Jan's data folders: the one its settings name, and those its versions made by themselves. */
export async function janFolders(surroundings: StoreSurroundings): Promise<readonly string[]> {
  const program = programFolders(surroundings);
  const chosen: string[] = [];
  for (const folder of program) {
    const parsed = settingsSchema.safeParse(await readSmallJson(join(folder, 'settings.json')));
    const data = parsed.success ? given(parsed.data.data_folder) : undefined;
    if (data !== undefined) chosen.push(data);
  }
  return [
    ...chosen,
    ...program.map((folder) => join(folder, 'data')),
    join(surroundings.homeFolder, 'jan'),
  ];
}

function programFolders({ platform, env, homeFolder }: StoreSurroundings): readonly string[] {
  if (platform === 'darwin') return [join(homeFolder, 'Library', 'Application Support', 'Jan')];
  if (platform === 'win32') {
    return [join(given(env['APPDATA']) ?? join(homeFolder, 'AppData', 'Roaming'), 'Jan')];
  }
  return [
    join(given(env['XDG_DATA_HOME']) ?? join(homeFolder, '.local', 'share'), 'Jan'),
    join(given(env['XDG_CONFIG_HOME']) ?? join(homeFolder, '.config'), 'Jan'),
  ];
}

/**
 * Every model of a data folder: those that a `model.yml` describes under each engine, whose files may
 * lie anywhere, and the plain files of older versions below `models`.
 */
export async function readJan(dataFolder: string): Promise<readonly StoredModel[]> {
  const found: StoredModel[] = [];
  for (const engine of ['llamacpp', 'mlx']) {
    const root = join(dataFolder, engine, 'models');
    for await (const { path, files } of walkFolders(root)) {
      if (!files.includes('model.yml')) continue;
      const model = await readDescribed(dataFolder, root, path);
      if (model) found.push(model);
    }
  }
  const older = await findModelFiles(join(dataFolder, 'models'));
  return [...found, ...older.map((file) => ({ file, names: nameModel(hubSegments(file)) }))];
}

/** Versions of 2025 kept downloads under the hub's host name. */
function hubSegments({ segments }: ModelFile): readonly string[] {
  return segments[0] === 'huggingface.co' ? segments.slice(1) : segments;
}

async function readDescribed(
  dataFolder: string,
  root: string,
  folder: string,
): Promise<StoredModel | undefined> {
  const settings = topLevel((await readSmallText(join(folder, 'model.yml'))) ?? '');
  const path = locate(dataFolder, settings.get('model_path')) ?? folder;
  const file = await findFile(path);
  if (file === undefined) return undefined;
  // The file is often just `model.gguf`: the folders say which model it is.
  const segments = segmentsBelow(root, folder);
  const projector = locate(dataFolder, settings.get('mmproj_path'));
  return {
    file: { ...file, segments, ...(projector !== undefined && { projectorPath: projector }) },
    names: nameModel(segments),
  };
}

async function findFile(path: string): Promise<ModelFile | undefined> {
  const known = await findModelOf(path);
  if (known !== undefined) return known;
  // A folder, or the name of a file that was renamed: whatever model lies there.
  const folder = (await isFolder(path)) ? path : dirname(path);
  return (await findModelFiles(folder, { ...usualLimits, maxDepth: 0 }))[0];
}

/** Paths are absolute, or below the data folder with forward slashes on every system. */
function locate(dataFolder: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  return isAbsolute(path) ? path : join(dataFolder, ...path.split(/[\\/]/));
}

/** The plain `key: value` lines of a YAML file; nested values are not ours to read. */
function topLevel(yaml: string): ReadonlyMap<string, string> {
  const lines = yaml.split(/\r?\n/).map((line) => /^([a-z_]+):\s+(\S.*?)\s*$/.exec(line));
  const pairs = lines.map((match): [string, string] => [match?.[1] ?? '', match?.[2] ?? '']);
  return new Map(pairs.map(([key, value]) => [key, value.replace(/^(["'])(.*)\1$/, '$2')]));
}
