import { z } from 'zod';
import type { AttachedServerKind } from '../ports.ts';
import type { ServerClient } from './server-client.ts';
import { readLlamaServerModels, readVllmModels } from './read-engine-servers.ts';
import { readLmStudioModels } from './read-lm-studio.ts';
import { readOllamaModels } from './read-ollama.ts';
import type { ListedModel, ServedModel } from './served-model.ts';

export interface ProbedServer {
  readonly kind: AttachedServerKind;
  readonly models: readonly ServedModel[];
}

const modelList = z.object({
  data: z
    .array(
      z.object({
        id: z.string().min(1),
        created: z.number().optional().catch(undefined),
        owned_by: z.string().optional().catch(undefined),
        max_model_len: z.number().optional().catch(undefined),
      }),
    )
    // Ollama says null where it has none.
    .nullable(),
});

/** The one question that every such server answers. Rejects with a sentence when it does not. */
export async function listModels(
  client: ServerClient,
  signal: AbortSignal,
): Promise<readonly ListedModel[]> {
  const { data } = await client.ask({ path: '/v1/models', signal }, modelList);
  const unique = new Map((data ?? []).map((model) => [model.id, model]));
  return [...unique.values()].map((model) => ({
    name: model.id,
    createdAt: model.created,
    ownedBy: model.owned_by,
    contextLength: model.max_model_len,
  }));
}

/** What a server is and what it serves, asked beyond its list of models. */
export async function probeServer(
  client: ServerClient,
  listed: readonly ListedModel[],
  signal: AbortSignal,
): Promise<ProbedServer> {
  const found = await Promise.all(
    readers.map(async ({ kind, read }) => {
      const models = await read(client, listed, signal);
      return models && { kind, models };
    }),
  );
  return (
    found.find((each) => each !== undefined) ?? {
      kind: 'openai',
      // What it can do beyond listing its models is not known, and not guessed from their names.
      models: listed.map(({ name }) => ({ name })),
    }
  );
}

interface Reader {
  readonly kind: AttachedServerKind;
  /** Undefined where the server is not of this kind. */
  readonly read: (
    client: ServerClient,
    listed: readonly ListedModel[],
    signal: AbortSignal,
  ) => Promise<readonly ServedModel[] | undefined>;
}

const readers: readonly Reader[] = [
  { kind: 'ollama', read: readOllamaModels },
  { kind: 'lm-studio', read: readLmStudioModels },
  { kind: 'llama-server', read: readLlamaServerModels },
  { kind: 'vllm', read: readVllmModels },
];
