import { join } from 'node:path';
import { z } from 'zod';
import { findModelFiles } from '../model-files.ts';
import type { ModelFile } from '../model-files.ts';
import { nameModel } from '../model-name.ts';
import { readHuggingFace } from './hugging-face.ts';
import { listNames, readSmallJson } from './read-text.ts';
import { given } from './store-reading.ts';
import type { StoredModel, StoreSurroundings } from './store-reading.ts';

/** Where llama.cpp's own programs keep what `-hf` and `-mu` fetched. */
export function llamaCppFolders(surroundings: StoreSurroundings): readonly string[] {
  const chosen = given(surroundings.env['LLAMA_CACHE']);
  const usual = join(cachesFolder(surroundings), 'llama.cpp');
  return chosen === undefined ? [usual] : [chosen, usual];
}

function cachesFolder({ platform, env, homeFolder }: StoreSurroundings): string {
  if (platform === 'darwin') return join(homeFolder, 'Library', 'Caches');
  if (platform === 'win32') {
    return given(env['LOCALAPPDATA']) ?? join(homeFolder, 'AppData', 'Local');
  }
  return given(env['XDG_CACHE_HOME']) ?? join(homeFolder, '.cache');
}

const hubFile = z.object({
  rfilename: z.string(),
  lfs: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
});
const manifestSchema = z.object({ ggufFile: hubFile.optional() });

/** A repository from which something was fetched in the flat layout. */
interface Fetched {
  readonly org: string;
  readonly repo: string;
  /** What the names of its files begin with. */
  readonly prefix: string;
  readonly sha256: ReadonlyMap<string, string>;
}

/** Both layouts: `org_repo_file.gguf` beside `manifest=org=repo=tag.json`, and that of the hub's cache. */
export async function readLlamaCpp(folder: string): Promise<readonly StoredModel[]> {
  const fetched = await readManifests(folder);
  const files = (await findModelFiles(folder)).filter((file) => file.segments.length === 1);
  return [...files.map((file) => describe(file, fetched)), ...(await readHuggingFace(folder))];
}

async function readManifests(folder: string): Promise<readonly Fetched[]> {
  const found: Fetched[] = [];
  for (const name of await listNames(folder)) {
    const [, org, repo] = /^manifest=([^=]+)=([^=]+)=.*\.json$/.exec(name) ?? [];
    if (org === undefined || repo === undefined) continue;
    const parsed = manifestSchema.safeParse(await readSmallJson(join(folder, name)));
    const file = parsed.success ? parsed.data.ggufFile : undefined;
    const prefix = `${org}_${repo}_`;
    const flat = file === undefined ? '' : `${prefix}${file.rfilename.replaceAll('/', '_')}`;
    const sha256 = new Map(file?.lfs === undefined ? [] : [[flat, file.lfs.sha256]]);
    found.push({ org, repo, prefix, sha256 });
  }
  return found;
}

function describe(file: ModelFile, fetched: readonly Fetched[]): StoredModel {
  const name = file.segments[0] ?? '';
  const sources = fetched.filter(({ prefix }) => name.startsWith(prefix));
  const [source] = sources;
  if (source === undefined) return { file, names: nameModel(file.segments) };
  const segments = [source.org, source.repo, name.slice(source.prefix.length)];
  const digest = sources.map(({ sha256 }) => sha256.get(name)).find((sha) => sha !== undefined);
  const isWhole = file.parts.length === 1 && file.missingParts === 0;
  return {
    file: { ...file, segments },
    names: nameModel(segments),
    ...(digest !== undefined && isWhole && { digest }),
  };
}
