import { join } from 'node:path';
import { z } from 'zod';
import type { Sampling } from '../../core/inference.ts';
import { walkFolders } from '../folder-walk.ts';
import { measureFiles, segmentsBelow } from '../measure-files.ts';
import type { ModelFile } from '../model-files.ts';
import type { NamedModel } from '../model-name.ts';
import { readSmallJson, readSmallText } from './read-text.ts';
import { given } from './store-reading.ts';
import type { StoredModel, StoreSurroundings, TakenAlong } from './store-reading.ts';

/** Ollama's own folder, the one it was told to use, and that of the Linux service. */
export function ollamaFolders(surroundings: StoreSurroundings): readonly string[] {
  const { platform, env, homeFolder, systemRoot = '/' } = surroundings;
  const chosen = given(env['OLLAMA_MODELS']);
  const own = join(homeFolder, '.ollama', 'models');
  const service = join(systemRoot, 'usr', 'share', 'ollama', '.ollama', 'models');
  return [
    ...(chosen === undefined ? [] : [chosen]),
    own,
    ...(platform === 'linux' ? [service] : []),
  ];
}

const kindPrefix = 'application/vnd.ollama.image.';
const layerSchema = z.object({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.number(),
});
const manifestSchema = z.object({ layers: z.array(layerSchema).nullable() });
type Layer = z.infer<typeof layerSchema>;

/** A manifest with the folder that its layers lie in. */
interface Tagged {
  readonly blobs: string;
  readonly names: NamedModel;
  readonly segments: readonly string[];
  readonly layers: readonly Layer[];
}

/**
 * Every tag of a models folder. Models that run in Ollama's cloud have no weights here and are left
 * out. Rejects with one sentence when the folder is closed to us.
 */
export async function readOllama(folder: string): Promise<readonly StoredModel[]> {
  const root = join(folder, 'manifests');
  const models: StoredModel[] = [];
  for await (const { path, files } of walkFolders(root)) {
    for (const tag of files) {
      const segments = [...segmentsBelow(root, path), tag];
      const parsed = manifestSchema.safeParse(await readSmallJson(join(path, tag)));
      if (!parsed.success || segments.length < 4) continue;
      const layers = parsed.data.layers ?? [];
      const names = nameTag(segments);
      models.push(...(await describe({ blobs: join(folder, 'blobs'), names, segments, layers })));
    }
  }
  return models;
}

/** `registry/namespace/model/tag` as people type it: `llama3.2:3b`, `someone/model:tag`. */
function nameTag(segments: readonly string[]): NamedModel {
  const [host = '', ...path] = segments.slice(0, -1);
  const tag = segments.at(-1) ?? '';
  const full = [host, ...path].join('/');
  const known = host === 'registry.ollama.ai' ? path.join('/').replace(/^library\//, '') : full;
  const id = `${known}:${tag}`;
  const bare = tag === 'latest' ? [known] : [];
  return { id, name: id.replace(/:latest$/, ''), aliases: [...bare, `${full}:${tag}`] };
}

async function describe(tagged: Tagged): Promise<readonly StoredModel[]> {
  const model = layersOf(tagged, 'model')[0];
  const tensors = layersOf(tagged, 'tensor');
  const weights = model === undefined ? tensors : [model];
  if (weights.length === 0) return [];
  const projector = layersOf(tagged, 'projector')[0];
  const file = await describeFile(tagged, weights, projector);
  const onlyThere = whyOnlyThere(tagged, model);
  return [
    {
      file,
      names: tagged.names,
      takenAlong: await readAlong(tagged),
      ...(model !== undefined && { digest: model.digest.slice('sha256:'.length) }),
      ...(onlyThere !== undefined && { onlyThere }),
    },
  ];
}

function whyOnlyThere(tagged: Tagged, model: Layer | undefined): string | undefined {
  const { name } = tagged.names;
  if (model === undefined) return `${name} is kept in a format that only Ollama reads`;
  return layersOf(tagged, 'adapter').length > 0
    ? `${name} has an adapter on top of its weights, which only Ollama applies`
    : undefined;
}

function layersOf({ layers }: Tagged, kind: string): readonly Layer[] {
  return layers.filter(({ mediaType }) => mediaType.split(';')[0] === `${kindPrefix}${kind}`);
}

function blobPath({ blobs }: Tagged, { digest }: Layer): string {
  return join(blobs, digest.replace(':', '-'));
}

async function describeFile(
  tagged: Tagged,
  weights: readonly Layer[],
  projector: Layer | undefined,
): Promise<ModelFile> {
  const paths = weights.map((layer) => blobPath(tagged, layer));
  const measures = await Promise.all(paths.map((path) => measureFiles([path])));
  const missing = weights.filter((_, place) => measures[place] === undefined);
  const present = measures.filter((measured) => measured !== undefined);
  return {
    format: 'gguf',
    path: paths[0] ?? tagged.blobs,
    parts: paths.filter((_, place) => measures[place] !== undefined),
    segments: tagged.segments,
    sizeBytes: weights.reduce((sum, { size }) => sum + size, 0),
    modifiedMs: Math.max(0, ...present.map(({ modifiedMs }) => modifiedMs)),
    missingParts: missing.length,
    missingBytes: missing.reduce((sum, { size }) => sum + size, 0),
    identity: present.map(({ identity }) => identity).join(' ') || paths.join(' '),
    ...(projector !== undefined && { projectorPath: blobPath(tagged, projector) }),
  };
}

const optional = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const parametersSchema = z.object({
  temperature: optional(z.number()),
  top_p: optional(z.number()),
  top_k: optional(z.number()),
  min_p: optional(z.number()),
  repeat_penalty: optional(z.number()),
  presence_penalty: optional(z.number()),
  frequency_penalty: optional(z.number()),
  num_ctx: optional(z.int().positive()),
  stop: optional(z.array(z.string())),
});

async function readAlong(tagged: Tagged): Promise<TakenAlong> {
  const text = async (kind: string): Promise<string | undefined> => {
    const layer = layersOf(tagged, kind)[0];
    return layer === undefined ? undefined : given(await readSmallText(blobPath(tagged, layer)));
  };
  const [systemPrompt, template, licence] = await Promise.all(
    ['system', 'template', 'license'].map(text),
  );
  const layer = layersOf(tagged, 'params')[0];
  const content = layer === undefined ? {} : await readSmallJson(blobPath(tagged, layer));
  const parsed = parametersSchema.safeParse(content);
  const parameters = parsed.success ? parsed.data : {};
  return {
    sampling: samplingOf(parameters),
    stop: parameters.stop ?? [],
    ...(parameters.num_ctx !== undefined && { contextLength: parameters.num_ctx }),
    ...(systemPrompt !== undefined && { systemPrompt }),
    ...(template !== undefined && { template }),
    ...(licence !== undefined && { licence }),
  };
}

function samplingOf(parameters: Partial<z.infer<typeof parametersSchema>>): Sampling {
  const { temperature, top_p, top_k, min_p, repeat_penalty } = parameters;
  const { presence_penalty, frequency_penalty } = parameters;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { topP: top_p }),
    ...(top_k !== undefined && { topK: top_k }),
    ...(min_p !== undefined && { minP: min_p }),
    ...(repeat_penalty !== undefined && { repeatPenalty: repeat_penalty }),
    ...(presence_penalty !== undefined && { presencePenalty: presence_penalty }),
    ...(frequency_penalty !== undefined && { frequencyPenalty: frequency_penalty }),
  };
}
