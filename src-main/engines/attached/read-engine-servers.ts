import { z } from 'zod';
import type { ServerClient } from './server-client.ts';
import { capabilitiesOf } from './served-model.ts';
import type { ListedModel, ServedModel } from './served-model.ts';

const props = z.object({
  total_slots: z.number(),
  default_generation_settings: z.object({ n_ctx: z.number().optional() }).optional(),
  modalities: z.object({ vision: z.boolean().optional() }).optional(),
  chat_template_caps: z.object({ supports_tools: z.boolean().optional() }).optional(),
});

/** llama-server: what `/props` says of the model that it runs. Undefined when it is another server. */
export async function readLlamaServerModels(
  client: ServerClient,
  listed: readonly ListedModel[],
  signal: AbortSignal,
): Promise<readonly ServedModel[] | undefined> {
  const said = await client.tryAsk({ path: '/props', signal }, props);
  if (said === undefined) return undefined;
  const contextLength = said.default_generation_settings?.n_ctx;
  return listed.map(({ name }) => ({
    name,
    ...(contextLength !== undefined && contextLength > 0 && { contextLength }),
    ...(said.modalities && {
      capabilities: capabilitiesOf({
        chat: true,
        completion: true,
        vision: said.modalities.vision === true,
        // Versions that do not tell can use tools through their general format.
        tools: said.chat_template_caps?.supports_tools !== false,
        reasoning: true,
        embedding: false,
      }),
    }),
  }));
}

const version = z.object({ version: z.string() });

/** vLLM: the length of its context. It does not say what its models can do. */
export async function readVllmModels(
  client: ServerClient,
  listed: readonly ListedModel[],
  signal: AbortSignal,
): Promise<readonly ServedModel[] | undefined> {
  // Many servers have a version; only this one signs its list.
  if (!listed.some(({ ownedBy }) => ownedBy === 'vllm')) return undefined;
  const isVllm = await client.tryAsk({ path: '/version', signal }, version);
  return (
    isVllm &&
    listed.map(({ name, contextLength }) => ({
      name,
      ...(contextLength !== undefined && { contextLength }),
    }))
  );
}
