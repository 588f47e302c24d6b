import type { Timing } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { MillpondError } from '../../core/error.ts';

/** What this build speaks, and the oldest that it still understands. */
export const protocolVersion = 1;
export const oldestProtocolVersion = 1;

/** Abilities that a side may lack. Both say theirs; only what both have is used. */
export const features = ['resume', 'continuation', 'slot-reports', 'commands'] as const;

/** First bytes of everything that an identity signs: no other signature can pass for it. */
const signatureContext = 'millpond-tunnel-v1';
const knockContext = 'millpond-knock-v1';

export const nonceBytes = 32;
export const publicKeyBytes = 32;
export const signatureBytes = 64;
/** Of sessions, tickets and the salt of compared words. */
export const secretBytes = 32;

/** Unless a receiver says otherwise, so many bytes of frames may be sent before its first credit. */
export const initialWindowBytes = 256 * 1024;
/** Frames held for a receiver that is away; beyond it the sender waits. */
export const ringLimitBytes = 1024 * 1024;
/** Chunks that come closer together than this share a frame. */
export const coalesceMs = 15;
/** A frame closes when it has grown to this; one chunk may be larger than it. */
export const maxFrameBytes = 64 * 1024;
/** One chunk: an embedding or a page of log probabilities stays far below. */
export const maxChunkBytes = 3 * 1024 * 1024;
/** gRPC refuses anything larger. */
export const maxMessageBytes = 4 * 1024 * 1024;
/** A request's body rides in `Assign` or `CallOpen` up to this, else in parts. */
export const inlineBodyBytes = 16 * 1024;
export const bodyPartBytes = 64 * 1024;
/** Envelope and input of one request; pictures travel inside it. */
export const maxBodyBytes = 32 * 1024 * 1024;
/** Of adverts, slot reports and pool news as JSON. */
export const maxAdvertBytes = 1024 * 1024;
/** A clock that is further off is accepted, and said to its owner. */
export const clockSkewToleratedMs = 10 * 60_000;

/** What the gateway tells its nodes unless it was configured otherwise. */
export const defaultTiming: Timing = {
  idleHeartbeatMs: 10_000,
  runHeartbeatMs: 2_000,
  runSilenceMs: 6_000,
  missedHeartbeats: 3,
  acceptWithinMs: 2_000,
  maxFrameBytes,
  keepFramesMs: 30_000,
  reconnectFirstMs: 500,
  reconnectCapMs: 30_000,
};

/** Lowest and highest value that a node obeys: a gateway cannot make it spin or fall asleep. */
const timingBounds: { readonly [name in keyof Timing]: readonly [number, number] } = {
  idleHeartbeatMs: [1_000, 60_000],
  runHeartbeatMs: [250, 10_000],
  runSilenceMs: [1_000, 60_000],
  missedHeartbeats: [2, 10],
  acceptWithinMs: [500, 30_000],
  maxFrameBytes: [4 * 1024, 1024 * 1024],
  keepFramesMs: [1_000, 120_000],
  reconnectFirstMs: [100, 10_000],
  reconnectCapMs: [1_000, 120_000],
};

/** What a node does with the timing that it was told. A value of 0 was not told. */
export function clampTiming(told: Timing | undefined): Timing {
  const clamped = (name: keyof Timing): number => {
    const [lowest, highest] = timingBounds[name];
    const value = told?.[name] ?? 0;
    return Math.min(highest, Math.max(lowest, value === 0 ? defaultTiming[name] : value));
  };
  return {
    idleHeartbeatMs: clamped('idleHeartbeatMs'),
    runHeartbeatMs: clamped('runHeartbeatMs'),
    runSilenceMs: clamped('runSilenceMs'),
    missedHeartbeats: clamped('missedHeartbeats'),
    acceptWithinMs: clamped('acceptWithinMs'),
    maxFrameBytes: clamped('maxFrameBytes'),
    keepFramesMs: clamped('keepFramesMs'),
    reconnectFirstMs: clamped('reconnectFirstMs'),
    reconnectCapMs: clamped('reconnectCapMs'),
  };
}

const sharedOptions = {
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
  'grpc.enable_channelz': 0,
} as const;

/** For the node's channel: one socket for each channel, no retries and no buffers behind our back. */
export const channelOptions = {
  ...sharedOptions,
  'grpc.per_rpc_retry_buffer_size': 0,
  'grpc.enable_retries': 0,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
} as const;

/** Streams that one connection may have open at a time. */
export const maxStreamsPerConnection = 1_024;

/** For the gateway's server; without explicit keepalive a silent cut would go unnoticed. */
export const serverOptions = {
  ...sharedOptions,
  'grpc.max_concurrent_streams': maxStreamsPerConnection,
} as const;

interface SignedParts {
  /** What was dialled: the CA's SPKI hash in base64url, or the verified host name. */
  readonly dialled: string;
  readonly membershipId: string;
  readonly epoch: number;
  readonly nonce: Uint8Array;
}

/**
 * What a node signs at every connect. Each part carries its length, so that no two sets of parts give
 * the same bytes; what was dialled is inside, so that a pool cannot pass the signature on to another.
 */
export function signedPayload({ dialled, membershipId, epoch, nonce }: SignedParts): Buffer {
  const epochBytes = Buffer.alloc(8);
  epochBytes.writeBigUInt64BE(BigInt(epoch));
  return lengthPrefixed([signatureContext, dialled, membershipId, epochBytes, nonce]);
}

/** What the words on both screens are made of: both keys and the gateway's salt. */
export function compareWordsInput(parts: {
  readonly publicKey: Uint8Array;
  /** The CA's SPKI hash in base64url, as in `signedPayload`. */
  readonly dialled: string;
  readonly salt: Uint8Array;
}): Buffer {
  return lengthPrefixed([knockContext, parts.publicKey, parts.dialled, parts.salt]);
}

function lengthPrefixed(parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** The other side broke the protocol: what it said cannot be used, so somebody else should answer. */
export function protocolError(problem: string, cause?: unknown): MillpondError {
  return new MillpondError('unavailable', `The other machine broke the protocol: ${problem}`, {
    reason: 'protocol',
    cause,
  });
}
