import type { RequestEnvelope } from '../core/inference.ts';

/** What a request may say about itself. It can give rights up, and never take any. */
export type Wishes = Partial<
  Pick<RequestEnvelope, 'privacy' | 'pin' | 'affinity' | 'onColdStart' | 'hops' | 'digest'>
>;

/** The wishes of an envelope that came from outside: from the window's chats or a member's gateway. */
export function wishesOf(envelope: RequestEnvelope): Wishes {
  const { privacy, pin, affinity, onColdStart, hops, digest } = envelope;
  return {
    privacy,
    ...(pin !== undefined && { pin }),
    ...(affinity !== undefined && { affinity }),
    ...(onColdStart !== undefined && { onColdStart }),
    ...(hops !== undefined && { hops }),
    ...(digest !== undefined && { digest }),
  };
}
