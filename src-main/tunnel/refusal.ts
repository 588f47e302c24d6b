import type { RefusalReason } from './ports.ts';

/**
 * One side says no for good. The message is one sentence for people: what is wrong and what to do; it is
 * shown on the device as it is, and stands in the gateway's log.
 */
export class TunnelRefusal extends Error {
  override readonly name = 'TunnelRefusal';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
