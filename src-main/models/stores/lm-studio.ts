import { join, resolve } from 'node:path';
import { z } from 'zod';
import { findModelFiles } from '../model-files.ts';
import { nameModel } from '../model-name.ts';
import { readSmallJson, readSmallText } from './read-text.ts';
import { given } from './store-reading.ts';
import type { StoredModel, StoreSurroundings } from './store-reading.ts';

const settingsSchema = z.object({ downloadsFolder: z.string().optional() });

/** Where LM Studio keeps models: its settings first, then what each version made by itself. */
export async function lmStudioFolders(surroundings: StoreSurroundings): Promise<readonly string[]> {
  const { homeFolder } = surroundings;
  const pointer = await readSmallText(join(homeFolder, '.lmstudio-home-pointer'));
  const homes = [
    given(pointer)?.trim(),
    join(homeFolder, '.lmstudio'),
    join(homeFolder, '.cache', 'lm-studio'),
  ].filter((home) => home !== undefined);
  const chosen: string[] = [];
  for (const folder of [...homes, programFolder(surroundings)]) {
    const parsed = settingsSchema.safeParse(await readSmallJson(join(folder, 'settings.json')));
    const downloads = parsed.success ? given(parsed.data.downloadsFolder) : undefined;
    if (downloads !== undefined) chosen.push(resolve(folder, downloads));
  }
  return [...chosen, ...homes.map((home) => join(home, 'models'))];
}

/** Where older versions kept their settings. */
function programFolder({ platform, env, homeFolder }: StoreSurroundings): string {
  if (platform === 'darwin') {
    return join(homeFolder, 'Library', 'Application Support', 'LM Studio');
  }
  return platform === 'win32'
    ? join(given(env['APPDATA']) ?? join(homeFolder, 'AppData', 'Roaming'), 'LM Studio')
    : join(given(env['XDG_CONFIG_HOME']) ?? join(homeFolder, '.config'), 'LM Studio');
}

/** `publisher/model/file.gguf`, or a folder in the MLX layout. */
export async function readLmStudio(folder: string): Promise<readonly StoredModel[]> {
  const files = await findModelFiles(folder);
  return files.map((file) => ({ file, names: nameModel(file.segments) }));
}
