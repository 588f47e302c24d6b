import { z } from 'zod';
import { instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';

export const modelCapabilities = z.object({
  chat: z.boolean(),
  completion: z.boolean(),
  embedding: z.boolean(),
  rerank: z.boolean(),
  tools: z.boolean(),
  reasoning: z.boolean(),
  vision: z.boolean(),
  continuation: z.boolean(),
});

export const modelState = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('installed') }),
  z.object({ phase: z.literal('loading'), share: z.number(), startedAt: instant }),
  z.object({ phase: z.literal('ready'), since: instant, notice: z.string().optional() }),
  z.object({ phase: z.literal('draining'), remaining: z.int() }),
  z.object({ phase: z.literal('failed'), reason: z.string(), retryAt: instant.optional() }),
]);

export const loadOptions = z.strictObject({
  contextLength: z.int().min(128).max(1_048_576).exactOptional(),
  slots: z.int().min(1).max(64).exactOptional(),
  gpuLayers: z.int().min(0).max(1000).exactOptional(),
  threads: z.int().min(1).max(256).exactOptional(),
  flashAttention: z.boolean().exactOptional(),
});

export const installedModel = z.object({
  id: z.string(),
  name: z.string(),
  source: z.enum(['bundled', 'library']),
  path: z.string(),
  sizeBytes: z.number(),
  digest: z.string().optional(),
  architecture: z.string().optional(),
  quantization: z.string().optional(),
  parameterCount: z.number().optional(),
  trainedContextLength: z.number().optional(),
  capabilities: modelCapabilities.optional(),
  /** Why it cannot be used, in one sentence. */
  problem: z.string().optional(),
  state: modelState,
  /** What a person chose; empty where the engine decides. */
  options: loadOptions,
  /** Sent in front of every chat with this model that has no system prompt of its own. */
  systemPrompt: z.string(),
  /** Present while loaded. */
  loaded: z
    .object({
      contextLength: z.int(),
      slots: z.int(),
      busySlots: z.int(),
      queued: z.int(),
      predictedBytes: z.number().optional(),
      measuredBytes: z.number().optional(),
      device: z.string(),
      lastUsedAt: instant,
    })
    .optional(),
});
export type InstalledModel = z.infer<typeof installedModel>;

/** Models of this machine and what their engines do. */
export const models = {
  list: call('GET', '/control/models', nothing, z.object({ models: z.array(installedModel) })),
  /** Starts loading and answers at once; progress arrives as notifications. */
  load: call(
    'POST',
    '/control/models/load',
    z.strictObject({ id: z.string(), options: loadOptions.optional() }),
    nothing,
  ),
  /** Lets running answers finish unless `force` is set. */
  unload: call(
    'POST',
    '/control/models/unload',
    z.strictObject({ id: z.string(), force: z.boolean().default(false) }),
    nothing,
  ),
  update: call(
    'PATCH',
    '/control/models',
    z.strictObject({
      id: z.string(),
      options: loadOptions.optional(),
      systemPrompt: z.string().max(100_000).optional(),
    }),
    installedModel,
  ),
  /** Looks at the model folders again. */
  rescan: call(
    'POST',
    '/control/models/rescan',
    nothing,
    z.object({ models: z.array(installedModel) }),
  ),
  /** Prompt tokens of a chat as this model would read it; loads nothing, null while not loaded. */
  count: call(
    'POST',
    '/control/models/count',
    z.strictObject({ id: z.string(), text: z.string().max(2_000_000) }),
    z.object({ tokens: z.int().nullable() }),
  ),
  /** State, memory or queue of a model changed. At most twice a second per model, phases at once. */
  onChanged: notify('models.changed', z.object({ model: installedModel })),
  onRemoved: notify('models.removed', z.object({ id: z.string() })),
};
