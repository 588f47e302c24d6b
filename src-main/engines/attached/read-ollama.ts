import { z } from 'zod';
import type { ModelCapabilities } from '../../core/model.ts';
import type { ServerClient } from './server-client.ts';
import { capabilitiesOf } from './served-model.ts';
import type { ListedModel, ServedModel } from './served-model.ts';

/** Millpond answers there too, under its own name. */
const version = z.object({ version: z.string(), name: z.undefined().optional() });
const tags = z.object({
  models: z.array(z.object({ name: z.string(), remote_host: z.string().optional() })).nullable(),
});
type Tag = NonNullable<z.infer<typeof tags>['models']>[number];
const details = z.object({
  capabilities: z.array(z.string()).optional().catch(undefined),
  model_info: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  remote_host: z.string().optional(),
});
type Details = z.infer<typeof details>;

const askedAtOnce = 4;

/** Ollama: what `/api/show` says of each model. Undefined when it is another server. */
export async function readOllamaModels(
  client: ServerClient,
  _listed: readonly ListedModel[],
  signal: AbortSignal,
): Promise<readonly ServedModel[] | undefined> {
  const isOllama = await client.tryAsk({ path: '/api/version', signal }, version);
  const list = isOllama && (await client.tryAsk({ path: '/api/tags', signal }, tags));
  if (!list) return undefined;
  const waiting = [...(list.models ?? []).entries()];
  const models: ServedModel[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, tag] = next;
      models[index] = toModel(tag, await show(client, tag, signal));
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, work));
  return models;
}

/** A slow disk may keep one model's details back, which is no reason to lose the others. */
async function show(
  client: ServerClient,
  { name }: Tag,
  signal: AbortSignal,
): Promise<Details | undefined> {
  try {
    return await client.tryAsk({ path: '/api/show', body: { model: name }, signal }, details);
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

function toModel(tag: Tag, shown: Details | undefined): ServedModel {
  const remoteHost = tag.remote_host ?? shown?.remote_host ?? cloudOf(tag.name);
  const contextLength = contextOf(shown?.model_info ?? {});
  return {
    name: tag.name,
    ...(contextLength !== undefined && { contextLength }),
    // Older versions do not say what a model can do.
    ...(shown?.capabilities && { capabilities: toCapabilities(shown.capabilities) }),
    ...(remoteHost !== undefined && remoteHost !== '' && { remoteHost: nameOf(remoteHost) }),
  };
}

function toCapabilities(words: readonly string[]): ModelCapabilities {
  const has = (word: string): boolean => words.includes(word);
  return capabilitiesOf({
    chat: has('completion'),
    completion: has('completion'),
    embedding: has('embedding'),
    tools: has('tools'),
    vision: has('vision'),
    reasoning: has('thinking'),
  });
}

/** Under the architecture's own name, such as `llama.context_length`. */
function contextOf(info: Readonly<Record<string, unknown>>): number | undefined {
  const length = info[`${String(info['general.architecture'])}.context_length`];
  return typeof length === 'number' ? length : undefined;
}

/** The host of an address such as `https://ollama.com:443`. */
function nameOf(remoteHost: string): string {
  return URL.canParse(remoteHost) ? new URL(remoteHost).hostname : remoteHost;
}

/** The tags of its cloud models. Where a prompt goes must not depend on one field being there. */
function cloudOf(name: string): string | undefined {
  return /[:-]cloud$/.test(name) ? 'ollama.com' : undefined;
}
