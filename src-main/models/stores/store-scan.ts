import { access, constants, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { MillpondError } from '../../core/error.ts';
import type { StoreKind } from '../../core/model.ts';
import { explainFileError, fileErrorCode } from '../../platform/file-error.ts';
import { openOllamaService } from './closed-folder.ts';
import type { Opening } from './closed-folder.ts';
import { huggingFaceFolders, readHuggingFace } from './hugging-face.ts';
import { janFolders, readJan } from './jan.ts';
import { llamaCppFolders, readLlamaCpp } from './llama-cpp.ts';
import { lmStudioFolders, readLmStudio } from './lm-studio.ts';
import { ollamaFolders, readOllama } from './ollama.ts';
import type { StoredModel, StoreReading, StoreSurroundings } from './store-reading.ts';

/** How one program's folders are found and read. */
interface Store {
  folders(surroundings: StoreSurroundings): Promise<readonly string[]> | readonly string[];
  read(folder: string): Promise<readonly StoredModel[]>;
  /** What must be readable inside the folder; the folder itself unless given. */
  readonly inside?: string;
}

const stores: Readonly<Record<StoreKind, Store>> = {
  'lm-studio': { folders: lmStudioFolders, read: readLmStudio },
  ollama: { folders: ollamaFolders, read: readOllama, inside: 'manifests' },
  'hugging-face': { folders: huggingFaceFolders, read: (folder) => readHuggingFace(folder) },
  'llama-cpp': { folders: llamaCppFolders, read: readLlamaCpp },
  jan: { folders: janFolders, read: readJan },
};

export const storeKinds: readonly StoreKind[] = [
  'lm-studio',
  'ollama',
  'hugging-face',
  'llama-cpp',
  'jan',
];

/**
 * What other programs keep on this disk: one reading for each of their folders that is there. A folder
 * that cannot be read says why; a missing one is left out. Changes nothing and probes nothing.
 */
export async function readStores(
  surroundings: StoreSurroundings,
  kinds: readonly StoreKind[] = storeKinds,
): Promise<readonly StoreReading[]> {
  const readings: StoreReading[] = [];
  const seen = new Set<string>();
  for (const kind of kinds) {
    for (const folder of await stores[kind].folders(surroundings)) {
      const real = await realpath(folder).catch(() => folder);
      if (seen.has(`${kind} ${real}`)) continue;
      seen.add(`${kind} ${real}`);
      const reading = await readStore(kind, folder);
      if (reading) readings.push(reading);
    }
  }
  return readings;
}

/** Undefined when the folder is not there, or holds nothing. */
async function readStore(kind: StoreKind, folder: string): Promise<StoreReading | undefined> {
  const store = stores[kind];
  try {
    await access(folder, constants.R_OK | constants.X_OK);
    const models = await readInside(store, folder);
    return models.length === 0 ? undefined : { kind, folder, models };
  } catch (error) {
    const code = fileErrorCode(error) ?? fileErrorCode(MillpondError.from(error).cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { kind, folder, models: [], ...(await explainClosed(kind, folder, error, code)) };
  }
}

async function readInside(store: Store, folder: string): Promise<readonly StoredModel[]> {
  if (store.inside !== undefined) {
    await access(join(folder, store.inside), constants.R_OK | constants.X_OK);
  }
  return await store.read(folder);
}

async function explainClosed(
  kind: StoreKind,
  folder: string,
  error: unknown,
  code: string | undefined,
): Promise<Opening> {
  const isOfService = kind === 'ollama' && folder.includes(join('usr', 'share', 'ollama'));
  if (isOfService && (code === 'EACCES' || code === 'EPERM')) return openOllamaService(folder);
  return { problem: explainFileError(error, 'read', folder).message };
}
