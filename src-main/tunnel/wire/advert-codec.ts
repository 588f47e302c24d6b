import { z } from 'zod';
import type {
  AdvertisedModel,
  NodeAdvert,
  NodeCommand,
  NodeLoad,
  PoolModel,
  SlotContents,
} from '../../core/node.ts';
import type { PoolNews } from '../ports.ts';
import { fromJsonBytes, toJsonBytes } from './json-bytes.ts';
import { plainText } from './plain-text.ts';
import { maxAdvertBytes } from './protocol.ts';

/** What one machine may advertise; the rest is left out. */
const maxModels = 2_000;
const maxGpus = 32;
const maxSlots = 1_024;
const maxMarks = 1_024;
const maxSlotsPerModel = 512;
const maxReaders = 1_000;
const maxRate = 1e9;

export function encodeAdvert(advert: NodeAdvert): Buffer {
  return toJsonBytes(advert);
}

/** Each of these throws a `protocol` error only where nothing of the document can be used. */
export function decodeAdvert(bytes: Uint8Array): NodeAdvert {
  return fromJsonBytes(bytes, nodeAdvert, { what: 'an advert', maxBytes: maxAdvertBytes });
}

export function encodeLoad(load: NodeLoad): Buffer {
  return toJsonBytes(load);
}

export function decodeLoad(bytes: Uint8Array): NodeLoad {
  return fromJsonBytes(bytes, nodeLoad, { what: 'a load report', maxBytes: maxAdvertBytes });
}

export function encodeSlots(slots: readonly SlotContents[]): Buffer {
  return toJsonBytes(slots);
}

export function decodeSlots(bytes: Uint8Array): readonly SlotContents[] {
  return fromJsonBytes(bytes, slotList, { what: 'a slot report', maxBytes: maxAdvertBytes });
}

export function encodeNews(news: PoolNews): Buffer {
  return toJsonBytes(news);
}

export function decodeNews(bytes: Uint8Array): PoolNews {
  return fromJsonBytes(bytes, poolNews, { what: 'pool news', maxBytes: maxAdvertBytes });
}

export function encodeCommand(command: NodeCommand): Buffer {
  return toJsonBytes(command);
}

export function decodeCommand(bytes: Uint8Array): NodeCommand {
  return fromJsonBytes(bytes, nodeCommand, { what: 'a command', maxBytes: 16 * 1024 });
}

/** Text for people: shortened and freed of control characters instead of refused. */
const words = (maxLength: number) => z.string().transform((text) => plainText(text, maxLength));
/** Text for machines: taken whole or not at all. */
const identifier = z.string().min(1).max(500);
const count = z.int().min(0);
const bytesCount = z.number().min(0);
const flag = z.boolean().catch(false);

/** A list whose bad entries are left out, and those beyond `max`. */
function listOf<T>(schema: z.ZodType<T>, max: number) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((entries) =>
      entries.slice(0, max).flatMap((entry) => {
        const parsed = schema.safeParse(entry);
        return parsed.success ? [parsed.data] : [];
      }),
    );
}

const capabilities = z.object({
  chat: flag,
  completion: flag,
  embedding: flag,
  rerank: flag,
  tools: flag,
  reasoning: flag,
  vision: flag,
  continuation: flag,
});

/** A state of a newer version counts as on disk: nothing is expected of it. */
const state = z
  .discriminatedUnion('phase', [
    z.object({ phase: z.literal('installed') }),
    z.object({ phase: z.literal('loading'), share: z.number().min(0).max(1).catch(0) }),
    z.object({ phase: z.literal('ready') }),
    z.object({ phase: z.literal('draining') }),
  ])
  .catch({ phase: 'installed' });

const advertisedModel: z.ZodType<AdvertisedModel> = z.object({
  id: identifier,
  name: words(200),
  digest: z.exactOptional(identifier),
  contextLength: count,
  capabilities,
  slots: z.int().min(0).max(maxSlotsPerModel),
  state,
  sizeBytes: z.exactOptional(bytesCount),
  rates: z.exactOptional(
    z.object({
      prefillPerSecond: z.number().min(0).max(maxRate),
      decodePerSecond: z.number().min(0).max(maxRate),
    }),
  ),
  loadMs: z.exactOptional(z.number().min(0)),
});

const hardware = z.object({
  platform: z.enum(['linux', 'darwin', 'win32']).catch('linux'),
  osName: words(200),
  cpuModel: words(200),
  physicalCores: count,
  totalMemoryBytes: bytesCount,
  hasUnifiedMemory: flag,
  gpus: listOf(z.object({ name: words(200), memoryBytes: z.exactOptional(bytesCount) }), maxGpus),
});

/** A phase of a newer version counts as paused: the machine is not asked for what it may not do. */
const sharing = z.object({
  phase: z.enum(['sharing', 'finishing', 'paused']).catch('paused'),
  reason: words(300),
  cause: z.exactOptional(z.enum(['hand', 'rule']).catch('rule')),
  since: z.number(),
  until: z.exactOptional(z.number()),
});

const nodeAdvert: z.ZodType<NodeAdvert> = z.object({
  name: words(100),
  hardware,
  models: listOf(advertisedModel, maxModels),
  versions: z.object({ millpond: words(60), engine: z.exactOptional(words(120)) }),
  sharing,
  allowedCommands: listOf(z.enum(['load', 'unload', 'download']), 10),
});

const nodeLoad: z.ZodType<NodeLoad> = z.object({
  models: listOf(z.object({ id: identifier, busySlots: count, waiting: count, state }), maxModels),
  usedMemoryBytes: z.exactOptional(bytesCount),
  usedGpuBytes: z.exactOptional(bytesCount),
  temperature: z.exactOptional(z.number().min(-100).max(1_000)),
  isOwnerActive: flag,
});

const slotList: z.ZodType<readonly SlotContents[]> = listOf(
  z.object({
    modelId: identifier,
    slot: z.int().min(0).max(maxSlotsPerModel),
    marks: z.array(z.string().max(200)).max(maxMarks),
    heldTokens: count,
  }),
  maxSlots,
);

const poolModel: z.ZodType<PoolModel> = z.object({
  id: identifier,
  name: words(200),
  digest: z.exactOptional(identifier),
  contextLength: count,
  capabilities,
  machines: count,
  isReady: flag,
  trust: z.enum(['own', 'trusted', 'guest']).catch('guest'),
});

const poolNews: z.ZodType<PoolNews> = z.object({
  poolName: words(100),
  models: listOf(poolModel, maxModels),
  machinesOnline: count,
  readers: listOf(z.object({ machine: words(100), person: words(100) }), maxReaders),
});

const nodeCommand: z.ZodType<NodeCommand> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('load'), modelId: identifier }),
  z.object({ kind: z.literal('unload'), modelId: identifier }),
  z.object({ kind: z.literal('download'), model: identifier }),
]);
