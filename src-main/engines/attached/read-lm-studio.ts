import { z } from 'zod';
import type { ModelCapabilities } from '../../core/model.ts';
import type { ServerClient } from './server-client.ts';
import { capabilitiesOf } from './served-model.ts';
import type { ListedModel, ServedModel } from './served-model.ts';

/** `/api/v1/models`, from LM Studio 0.4 on. */
const currentList = z.object({
  models: z.array(
    z.object({
      type: z.string(),
      key: z.string(),
      loaded_instances: z.array(z.object({ id: z.string() })).catch([]),
      max_context_length: z.number().optional(),
      capabilities: z
        .object({
          vision: z.boolean().optional(),
          trained_for_tool_use: z.boolean().optional(),
          reasoning: z.unknown().optional(),
        })
        .nullish(),
    }),
  ),
});

/** `/api/v0/models`, from 0.3.6 on. */
const olderList = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      max_context_length: z.number().optional(),
      capabilities: z.array(z.string()).optional(),
    }),
  ),
});

/** LM Studio: what its own lists say of each model. Undefined when it is another server. */
export async function readLmStudioModels(
  client: ServerClient,
  listed: readonly ListedModel[],
  signal: AbortSignal,
): Promise<readonly ServedModel[] | undefined> {
  const facts = (await readCurrent(client, signal)) ?? (await readOlder(client, signal));
  return facts && listed.map(({ name }) => ({ ...facts.get(name), name }));
}

type Facts = Map<string, Omit<ServedModel, 'name'>>;

async function readCurrent(client: ServerClient, signal: AbortSignal): Promise<Facts | undefined> {
  const list = await client.tryAsk({ path: '/api/v1/models', signal }, currentList);
  if (list === undefined) return undefined;
  const facts: Facts = new Map();
  for (const model of list.models) {
    const { capabilities } = model;
    const known = factsOf(model.type, model.max_context_length, {
      vision: capabilities?.vision === true,
      tools: capabilities?.trained_for_tool_use === true,
      reasoning: Boolean(capabilities?.reasoning),
    });
    // A model that was loaded twice is listed under the names of its instances too.
    for (const name of [model.key, ...model.loaded_instances.map(({ id }) => id)]) {
      facts.set(name, known);
    }
  }
  return facts;
}

async function readOlder(client: ServerClient, signal: AbortSignal): Promise<Facts | undefined> {
  const list = await client.tryAsk({ path: '/api/v0/models', signal }, olderList);
  return (
    list &&
    new Map(
      list.data.map((model) => [
        model.id,
        factsOf(model.type, model.max_context_length, {
          vision: model.type === 'vlm',
          tools: model.capabilities?.includes('tool_use') === true,
          // Not said by this version, and refused nowhere.
          reasoning: false,
        }),
      ]),
    )
  );
}

function factsOf(
  type: string,
  contextLength: number | undefined,
  can: Partial<ModelCapabilities>,
): Omit<ServedModel, 'name'> {
  const isEmbedding = type.startsWith('embedding');
  return {
    ...(contextLength !== undefined && { contextLength }),
    capabilities: isEmbedding
      ? capabilitiesOf({ embedding: true })
      : capabilitiesOf({ ...can, chat: true, completion: true }),
  };
}
