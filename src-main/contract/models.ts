import { z } from 'zod';
import { instant, nothing } from './common.ts';
import { aim, fit } from './fit.ts';
import { modelFormat } from './hub.ts';
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

export const engineKind = z.enum(['llama-cpp', 'llama-server', 'vllm', 'mlx']);
export type EngineKind = z.infer<typeof engineKind>;

export const loadOptions = z.strictObject({
  contextLength: z.int().min(128).max(1_048_576).exactOptional(),
  slots: z.int().min(1).max(64).exactOptional(),
  gpuLayers: z.int().min(0).max(1000).exactOptional(),
  threads: z.int().min(1).max(256).exactOptional(),
  flashAttention: z.boolean().exactOptional(),
  cacheType: z.enum(['f16', 'q8_0', 'q4_0']).exactOptional(),
  /** Graphics cards by their place in the machine's list; empty: the processor only. */
  gpus: z.array(z.int().min(0).max(63)).max(64).readonly().exactOptional(),
  engine: engineKind.exactOptional(),
});

export type LoadOptions = z.infer<typeof loadOptions>;

export const storeKind = z.enum(['lm-studio', 'ollama', 'hugging-face', 'llama-cpp', 'jan']);
export type StoreKind = z.infer<typeof storeKind>;

export const installedModel = z.object({
  id: z.string(),
  name: z.string(),
  format: modelFormat.optional(),
  /** `found` files belong to another program; `attached` ones to a server that somebody else runs. */
  source: z.enum(['bundled', 'library', 'found', 'attached']),
  /** Absent for models of an attached server. */
  path: z.string().optional(),
  sizeBytes: z.number().optional(),
  /** Who keeps the file, where that is another program. */
  store: storeKind.optional(),
  /** Other programs that use the very same file. */
  usedBy: z.array(storeKind),
  origin: z
    .object({
      repo: z.string(),
      commit: z.string(),
      endpoint: z.string(),
      licence: z.string().optional(),
    })
    .optional(),
  /** The attached server that answers, and whether it hands the model on to another company. */
  server: z.object({ id: z.string(), name: z.string(), runsElsewhere: z.boolean() }).optional(),
  /** The programs that could run it; the first usable one does, unless another was chosen. */
  engines: z.array(
    z.object({
      kind: engineKind,
      isUsable: z.boolean(),
      /** What is missing, in one sentence with the command that gets it. */
      reason: z.string().optional(),
      command: z.string().optional(),
    }),
  ),
  /** Reading its files again: under way, or what came of it. */
  check: z
    .discriminatedUnion('phase', [
      z.object({ phase: z.literal('checking'), share: z.number() }),
      z.object({ phase: z.literal('repairing'), share: z.number() }),
      /** `isKnown` is false when nothing said what it should be: only readability was proven. */
      z.object({ phase: z.literal('sound'), at: instant, isKnown: z.boolean() }),
      z.object({
        phase: z.literal('damaged'),
        at: instant,
        badBytes: z.number(),
        canRepair: z.boolean(),
        /** Why the last attempt to repair it failed, in one sentence. */
        problem: z.string().optional(),
      }),
    ])
    .optional(),
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
  /** When it answered last, also in an earlier life of the runtime; absent where nobody knows. */
  lastUsedAt: instant.optional(),
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
      engine: engineKind,
      /** Of one answer alone. Both are absent until they are known. */
      predictedTokensPerSecond: z.number().optional(),
      measuredTokensPerSecond: z.number().optional(),
      /** What was measured was learned: the next prediction on this machine takes it into account. */
      isLearned: z.boolean().optional(),
      lastUsedAt: instant,
    })
    .optional(),
});
export type InstalledModel = z.infer<typeof installedModel>;

/** One file or folder that another program keeps. */
export const foundModel = z.object({
  name: z.string(),
  path: z.string(),
  sizeBytes: z.number(),
  /**
   * - `in-place` our engines read it as it is · `through-server` only the running Ollama can answer with it
   * - `needs-file` a download of `neededBytes` would make it usable · `unusable` with `problem`
   */
  use: z.enum(['in-place', 'through-server', 'needs-file', 'unusable']),
  neededBytes: z.number().optional(),
  problem: z.string().optional(),
});
export type FoundModel = z.infer<typeof foundModel>;

export const foundStore = z.object({
  kind: storeKind,
  folder: z.string(),
  /** Its models appear in My Models. */
  isUsed: z.boolean(),
  models: z.array(foundModel),
  sizeBytes: z.number(),
  /** Why it cannot be read, with the one command that opens it. */
  problem: z.string().optional(),
  command: z.string().optional(),
});
export type FoundStore = z.infer<typeof foundStore>;

/** A folder that is searched for models. */
export const modelFolder = z.object({
  path: z.string(),
  /** Why nothing in it can be used, in one sentence: it is gone, or may not be read. */
  problem: z.string().optional(),
});
export type ModelFolder = z.infer<typeof modelFolder>;

/** Models of this machine and what their engines do. */
export const models = {
  list: call(
    'GET',
    '/control/models',
    nothing,
    z.object({
      models: z.array(installedModel),
      /** Our own folder first, then the others in the order of the settings. */
      folders: z.array(modelFolder).default([]),
    }),
  ),
  /** By id, alias or the name of its repository, in any case. `model-not-found` names the installed ones. */
  get: call(
    'GET',
    '/control/models/named',
    z.strictObject({ name: z.string().max(500) }),
    installedModel,
  ),
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
  /** What it would take with these options (those chosen for it if absent). Loads nothing. */
  predict: call(
    'POST',
    '/control/models/predict',
    z.strictObject({ id: z.string(), options: loadOptions.optional() }),
    fit,
  ),
  /** Options for a position of the slider, and what they take. Nothing is saved. */
  suggest: call(
    'POST',
    '/control/models/suggest',
    z.strictObject({ id: z.string(), aim }),
    z.object({ options: loadOptions, fit }),
  ),
  /** What other programs keep on this disk. Looks again with each call. */
  found: call('GET', '/control/models/found', nothing, z.object({ stores: z.array(foundStore) })),
  /** Uses the files of these programs where they are, and of no others. Copies nothing. */
  useStores: call(
    'POST',
    '/control/models/stores',
    z.strictObject({ kinds: z.array(storeKind) }),
    z.object({ models: z.array(installedModel) }),
  ),
  /**
   * Brings a file or folder into the library: `link` leaves it where it is, `copy` and `move` put it into
   * the models folder. `invalid-request` says why it is no model.
   */
  import: call(
    'POST',
    '/control/models/import',
    z.strictObject({
      path: z.string().min(1).max(4000),
      mode: z.enum(['link', 'copy', 'move']).default('link'),
    }),
    installedModel,
  ),
  /** Hides it and deletes its files after `undoUntil`. `conflict` while other programs use them and `force` is not set. */
  remove: call(
    'POST',
    '/control/models/remove',
    z.strictObject({
      id: z.string(),
      force: z.boolean().default(false),
      /** False deletes at once: for callers who cannot take it back. */
      undo: z.boolean().default(true),
    }),
    z.object({ undoUntil: instant, freedBytes: z.number() }),
  ),
  /** Takes back a `remove` that has not ended yet. */
  restore: call(
    'POST',
    '/control/models/restore',
    z.strictObject({ id: z.string() }),
    installedModel,
  ),
  /** Reads all its files and compares them; answers at once, progress is the model's `check`. */
  verify: call(
    'POST',
    '/control/models/verify',
    z.strictObject({ id: z.string() }),
    installedModel,
  ),
  /** Fetches the damaged parts again; answers at once. */
  repair: call(
    'POST',
    '/control/models/repair',
    z.strictObject({ id: z.string() }),
    installedModel,
  ),
  /** State, memory or queue of a model changed. At most twice a second per model, phases at once. */
  onChanged: notify('models.changed', z.object({ model: installedModel })),
  onRemoved: notify('models.removed', z.object({ id: z.string() })),
};
