import type { FromEngineHost, FromProbeHost } from './host-protocol.ts';

/**
 * Recognises a message of our own engine host. Only its kind is checked: both ends come from the
 * same build, and a chunk is too frequent for a full parse.
 */
export function isFromEngineHost(message: unknown): message is FromEngineHost {
  return hasType(message) && engineHostTypes.has(message.type);
}

/** The same for a probe host. */
export function isFromProbeHost(message: unknown): message is FromProbeHost {
  return hasType(message) && probeHostTypes.has(message.type);
}

const engineHostTypes: ReadonlySet<unknown> = new Set<FromEngineHost['type']>([
  'loading',
  'ready',
  'load-failed',
  'chunks',
  'end',
  'counted',
  'heartbeat',
]);

const probeHostTypes: ReadonlySet<unknown> = new Set<FromProbeHost['type']>([
  'inspected',
  'devices',
  'read-speed',
  'failed',
]);

function hasType(message: unknown): message is { readonly type: unknown } {
  return typeof message === 'object' && message !== null && 'type' in message;
}
