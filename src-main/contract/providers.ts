import { z } from 'zod';
import { id, instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';

export const wireDialect = z.enum(['openai', 'anthropic']);

/** A company or program whose address and habits Millpond knows. */
export const providerPreset = z.object({
  /** Such as `anthropic`; `custom` is any OpenAI-compatible address. */
  id: z.string(),
  name: z.string(),
  dialect: wireDialect,
  /** Absent: the person has to say it (Azure, a custom address). */
  baseUrl: z.string().optional(),
  needsKey: z.boolean(),
  /** Where keys are made. */
  keyUrl: z.string().optional(),
});
export type ProviderPreset = z.infer<typeof providerPreset>;

/**
 * One of a provider's keys.
 * - `ready` · `cooling` after a 429 or failure until then · `exhausted` quota or credit is used up; a model
 *   list that answers does not revive it · `refused` the provider does not know it
 */
export const providerKey = z.object({
  id,
  /** First and last characters, enough to recognise it. */
  shown: z.string(),
  state: z.discriminatedUnion('phase', [
    z.object({ phase: z.literal('ready') }),
    z.object({ phase: z.literal('cooling'), until: instant, reason: z.string() }),
    z.object({ phase: z.literal('exhausted'), until: instant, reason: z.string() }),
    z.object({ phase: z.literal('refused'), since: instant, reason: z.string() }),
  ]),
});
export type ProviderKey = z.infer<typeof providerKey>;

export const providerModel = z.object({
  /** What the provider calls it. */
  upstreamName: z.string(),
  /** What callers call it; `name@provider` always works too. */
  name: z.string(),
  isServed: z.boolean(),
  contextLength: z.int().optional(),
});
export type ProviderModel = z.infer<typeof providerModel>;

export const provider = z.object({
  id,
  /** Also what follows the `@` of a pinned name. */
  name: z.string(),
  preset: z.string(),
  dialect: wireDialect,
  baseUrl: z.string(),
  /** `owner`: its models exist for the owner alone · `everybody`: for everybody with an account or key. */
  access: z.enum(['owner', 'everybody']),
  isEnabled: z.boolean(),
  /** `file`: stands in the config file and is changed there. */
  source: z.enum(['database', 'file']),
  keys: z.array(providerKey),
  models: z.array(providerModel),
  /** `failing`: its circuit is open until then; one request probes it afterwards. */
  state: z.discriminatedUnion('phase', [
    z.object({ phase: z.literal('unchecked') }),
    z.object({ phase: z.literal('ok'), since: instant, latencyMs: z.number().optional() }),
    z.object({
      phase: z.literal('failing'),
      since: instant,
      reason: z.string(),
      retryAt: instant.optional(),
    }),
  ]),
  createdAt: instant,
});
export type Provider = z.infer<typeof provider>;

const change = {
  name: z.string().trim().min(1).max(60).optional(),
  baseUrl: z.string().max(500).optional(),
  access: z.enum(['owner', 'everybody']).optional(),
  isEnabled: z.boolean().optional(),
  /** Public names by upstream name; an empty one goes back to the upstream's. */
  names: z.record(z.string(), z.string().max(200)).optional(),
  /** Upstream names that are served; absent in `add`: all that the provider lists. */
  served: z.array(z.string().max(300)).max(2000).optional(),
};

/** Cloud providers and other servers with keys: what the gateway forwards to besides machines. */
export const providers = {
  presets: call(
    'GET',
    '/control/providers/presets',
    nothing,
    z.object({ presets: z.array(providerPreset) }),
  ),
  list: call('GET', '/control/providers', nothing, z.object({ providers: z.array(provider) })),
  /** Asks it for its models with the first key; nothing is kept when that fails. */
  add: call(
    'POST',
    '/control/providers',
    z.strictObject({
      ...change,
      preset: z.string().min(1).max(60),
      keys: z.array(z.string().trim().min(1).max(500)).max(50).default([]),
    }),
    provider,
  ),
  update: call('PATCH', '/control/providers/:id', z.strictObject({ id, ...change }), provider),
  remove: call('DELETE', '/control/providers/:id', z.strictObject({ id }), nothing),
  addKey: call(
    'POST',
    '/control/providers/:id/keys',
    z.strictObject({ id, key: z.string().trim().min(1).max(500) }),
    provider,
  ),
  removeKey: call(
    'DELETE',
    '/control/providers/:id/keys/:keyId',
    z.strictObject({ id, keyId: id }),
    provider,
  ),
  /** Asks for the model list now and says how long that took. */
  check: call('POST', '/control/providers/:id/check', z.strictObject({ id }), provider),
  /** Closes its circuit and wakes its keys: the next request may use them. */
  reset: call('POST', '/control/providers/:id/reset', z.strictObject({ id }), provider),
  onChanged: notify('providers.changed', z.object({ provider })),
  onRemoved: notify('providers.removed', z.object({ id })),
};
