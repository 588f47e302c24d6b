import { z } from 'zod';
import { id, instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';
import { limitUse, modelLimits, usageLimits } from './limits.ts';

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
  personName: z.string().optional(),
  /** `service`: of a program, not of a person's own tools. */
  kind: z.enum(['personal', 'service']).optional(),
  /** Addresses and networks (CIDR) it may come from; absent: any. */
  allowedIps: z.array(z.string()).optional(),
  tags: z.array(z.string()).optional(),
  limits: usageLimits.optional(),
  /** How far each limit is used; absent in the answer that made the key. */
  uses: z.array(limitUse).optional(),
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
  /**
   * Who vouches for `publicUrl`: an authority that every tool trusts, or the pools' own, whose certificate
   * (PEM) tools have to be given. Absent with it, and where that is not known.
   */
  publicCertificate: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('public') }),
      z.object({ kind: z.literal('own'), pem: z.string() }),
    ])
    .optional(),
});
export type ServerStatus = z.infer<typeof serverStatus>;

/** What can be said of a key when it is made and afterwards. */
const keyFields = {
  expiresAt: instant.optional(),
  models: z.array(z.string().max(300)).max(100).optional(),
  privacy: z.enum(['this-machine', 'trusted', 'any']).optional(),
  allowedIps: z.array(z.string().max(60)).max(100).optional(),
  tags: z.array(z.string().trim().min(1).max(40)).max(20).optional(),
  limits: usageLimits.optional(),
};

export const server = {
  status: call('GET', '/control/server', nothing, serverStatus),
  update: call('PATCH', '/control/server', z.strictObject({ keyless: z.boolean() }), serverStatus),
  /** The only answer that ever holds the key. */
  createKey: call(
    'POST',
    '/control/keys',
    z.strictObject({
      name: z.string().trim().min(1).max(80),
      ...keyFields,
      poolId: id.optional(),
      kind: z.enum(['personal', 'service']).optional(),
      /** Whose key it is to be; absent: one's own. Admins make keys for members and viewers. */
      personId: id.optional(),
    }),
    z.object({ key: z.string(), record: apiKey }),
  ),
  /** Everybody's for owner and admins, one's own for members. */
  listKeys: call('GET', '/control/keys', nothing, z.object({ keys: z.array(apiKey) })),
  /** Holds from the next request on. Each field that is there replaces what was; null takes it away. */
  updateKey: call(
    'PATCH',
    '/control/keys/:id',
    z.strictObject({
      id,
      name: z.string().trim().min(1).max(80).optional(),
      expiresAt: instant.nullable().optional(),
      models: keyFields.models.nullable(),
      privacy: keyFields.privacy.nullable(),
      allowedIps: keyFields.allowedIps.nullable(),
      tags: keyFields.tags.nullable(),
      limits: usageLimits.nullable().optional(),
    }),
    apiKey,
  ),
  revokeKey: call('DELETE', '/control/keys/:id', z.strictObject({ id }), nothing),
  /** Models that have limits of their own. */
  modelLimits: call(
    'GET',
    '/control/model-limits',
    nothing,
    z.object({ models: z.array(modelLimits) }),
  ),
  /** Holds from the next request on; null takes the limits away. */
  setModelLimits: call(
    'POST',
    '/control/model-limits',
    z.strictObject({ model: z.string().min(1).max(300), limits: usageLimits.nullable() }),
    modelLimits,
  ),
  onChanged: notify('server.changed', serverStatus),
};
