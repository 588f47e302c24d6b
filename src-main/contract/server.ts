import { z } from 'zod';
import { id, instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';

export const apiKey = z.object({
  id,
  name: z.string(),
  /** The first characters, enough to recognise it. */
  prefix: z.string(),
  createdAt: instant,
  lastUsedAt: instant.optional(),
  /** Stops working then. */
  expiresAt: instant.optional(),
  /** Whose models it may ask besides this machine's; absent: every pool of its person. */
  poolId: id.optional(),
  /** Models it may ask; absent: all. */
  models: z.array(z.string()).optional(),
  /** Whose machines may read what it asks. */
  privacy: z.enum(['this-machine', 'trusted', 'any']).optional(),
  personId: id.optional(),
});
export type ApiKey = z.infer<typeof apiKey>;

export const serverStatus = z.object({
  version: z.string(),
  startedAt: instant,
  port: z.int(),
  /** OpenAI base address, such as `http://127.0.0.1:8484/v1`. */
  openaiUrl: z.string(),
  /** Tools on this machine may ask without a key. */
  keyless: z.boolean(),
  /** Port 11434, where other programs expect Ollama; absent while it is not wanted. */
  ollamaPort: z
    .discriminatedUnion('phase', [
      z.object({ phase: z.literal('open') }),
      /** Somebody else answers there, in one sentence; taken over as soon as they stop. */
      z.object({ phase: z.literal('taken'), reason: z.string() }),
    ])
    .optional(),
  keys: z.array(apiKey),
  /** The public address of the pools held here; absent while none is open. */
  publicUrl: z.string().optional(),
});
export type ServerStatus = z.infer<typeof serverStatus>;

export const server = {
  status: call('GET', '/control/server', nothing, serverStatus),
  update: call('PATCH', '/control/server', z.strictObject({ keyless: z.boolean() }), serverStatus),
  /** The only answer that ever holds the key. */
  createKey: call(
    'POST',
    '/control/keys',
    z.strictObject({
      name: z.string().trim().min(1).max(80),
      expiresAt: instant.optional(),
      poolId: id.optional(),
      models: z.array(z.string().max(300)).max(100).optional(),
      privacy: z.enum(['this-machine', 'trusted', 'any']).optional(),
    }),
    z.object({ key: z.string(), record: apiKey }),
  ),
  revokeKey: call('DELETE', '/control/keys/:id', z.strictObject({ id }), nothing),
  onChanged: notify('server.changed', serverStatus),
};
