import { z } from 'zod';
import { id, instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';

export const attachedServerKind = z.enum(['ollama', 'lm-studio', 'vllm', 'llama-server', 'openai']);

export const attachedModel = z.object({
  /** What the other server calls it. */
  upstreamName: z.string(),
  /** What Millpond serves it as. */
  id: z.string(),
  /** A person may leave models out. */
  isOffered: z.boolean(),
  /** The server hands it on to another company: not "this machine". */
  runsElsewhere: z.boolean(),
});

/**
 * A server that somebody else started, on this machine or the network.
 * - `connected` its models are served · `unreachable` they are withdrawn; asked again every few seconds
 */
export const attachedServer = z.object({
  id,
  name: z.string(),
  /** Such as `http://127.0.0.1:11434`; its API lies under `/v1`. */
  url: z.string(),
  kind: attachedServerKind,
  state: z.discriminatedUnion('phase', [
    z.object({ phase: z.literal('connected'), since: instant }),
    z.object({ phase: z.literal('unreachable'), since: instant, reason: z.string() }),
  ]),
  /** Shown by their first characters only. */
  keys: z.array(z.object({ prefix: z.string(), coolsUntil: instant.optional() })),
  models: z.array(attachedModel),
});
export type AttachedServer = z.infer<typeof attachedServer>;

const change = {
  name: z.string().min(1).max(80).optional(),
  url: z.string().max(500).optional(),
  /** Replaces all; asked in rotation. A new address without keys drops those of the old one. */
  keys: z.array(z.string().min(1).max(500)).max(20).optional(),
  /** New names by upstream name; an empty one goes back to the upstream's. */
  names: z.record(z.string(), z.string().max(200)).optional(),
  /** Upstream names of models that are not served. */
  hidden: z.array(z.string()).optional(),
};

/** Ollama, LM Studio, vLLM or any OpenAI address whose models Millpond serves too. */
export const servers = {
  list: call('GET', '/control/servers', nothing, z.object({ servers: z.array(attachedServer) })),
  /** Servers that answer on the usual ports of this machine and are not attached. */
  detect: call(
    'GET',
    '/control/servers/detect',
    nothing,
    z.object({
      found: z.array(
        z.object({ kind: attachedServerKind, url: z.string(), name: z.string(), models: z.int() }),
      ),
    }),
  ),
  /** Asks it for its models first; `unavailable` or `invalid-request` says what answered instead. */
  add: call(
    'POST',
    '/control/servers',
    z.strictObject({ ...change, url: z.string().min(1).max(500) }),
    attachedServer,
  ),
  update: call('PATCH', '/control/servers/:id', z.strictObject({ id, ...change }), attachedServer),
  remove: call('DELETE', '/control/servers/:id', z.strictObject({ id }), nothing),
  onChanged: notify('servers.changed', z.object({ server: attachedServer })),
  onRemoved: notify('servers.removed', z.object({ id })),
};
