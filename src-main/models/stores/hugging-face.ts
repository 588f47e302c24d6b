import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ModelOrigin } from '../../core/model.ts';
import { usualLimits } from '../folder-walk.ts';
import { findModelFiles } from '../model-files.ts';
import type { ModelFile } from '../model-files.ts';
import { nameModel } from '../model-name.ts';
import { listNames, readSmallText } from './read-text.ts';
import { given } from './store-reading.ts';
import type { StoredModel, StoreSurroundings } from './store-reading.ts';

const repoPrefix = 'models--';
const officialHub = 'https://huggingface.co';
const sha256Name = /^[0-9a-f]{64}$/;

/** The cache that is in force, and the usual one: a desktop app sees few variables of a shell. */
export function huggingFaceFolders({ env, homeFolder }: StoreSurroundings): readonly string[] {
  const home = given(env['HF_HOME']);
  const caches = given(env['XDG_CACHE_HOME']);
  const folders = [
    given(env['HF_HUB_CACHE']) ?? given(env['HUGGINGFACE_HUB_CACHE']),
    home === undefined ? undefined : join(home, 'hub'),
    caches === undefined ? undefined : join(caches, 'huggingface', 'hub'),
    join(homeFolder, '.cache', 'huggingface', 'hub'),
  ];
  return folders.filter((folder) => folder !== undefined);
}

/** Every model in a cache of the hub's own libraries, newest snapshot first, each file once. */
export async function readHuggingFace(
  folder: string,
  endpoint = officialHub,
): Promise<readonly StoredModel[]> {
  const repos = (await listNames(folder)).filter((name) => name.startsWith(repoPrefix));
  const models: StoredModel[] = [];
  for (const name of repos) {
    const repo = name.slice(repoPrefix.length).replaceAll('--', '/');
    models.push(...(await readRepo(join(folder, name), repo, endpoint)));
  }
  return models;
}

async function readRepo(
  folder: string,
  repo: string,
  endpoint: string,
): Promise<readonly StoredModel[]> {
  const seen = new Set<string>();
  const models: StoredModel[] = [];
  for (const commit of await snapshotsOf(folder)) {
    const limits = { ...usualLimits, maxDepth: 3 };
    for (const file of await findModelFiles(join(folder, 'snapshots', commit), limits)) {
      if (seen.has(file.identity)) continue;
      seen.add(file.identity);
      models.push(await describe(file, { repo, commit, endpoint }));
    }
  }
  return models;
}

/** The snapshot that `main` names first, then the others. */
async function snapshotsOf(folder: string): Promise<readonly string[]> {
  const commits = await listNames(join(folder, 'snapshots'));
  const main = (await readSmallText(join(folder, 'refs', 'main')))?.trim();
  return commits.toSorted((a, b) => Number(b === main) - Number(a === main));
}

async function describe(file: ModelFile, origin: ModelOrigin): Promise<StoredModel> {
  const segments = [...origin.repo.split('/'), ...file.segments];
  const digest = await claimedDigest(file);
  return {
    file: { ...file, segments },
    names: nameModel(segments),
    origin,
    ...(digest !== undefined && { digest }),
  };
}

/** Large files are links to a blob that is named after its SHA-256; Windows may hold real files. */
async function claimedDigest({ parts }: ModelFile): Promise<string | undefined> {
  const [part, ...others] = parts;
  if (part === undefined || others.length > 0) return undefined;
  const name = basename(await realpath(part).catch(() => part));
  return sha256Name.test(name) ? name : undefined;
}
