import type { Logger } from '../../platform/logger.ts';

export type LinkEvent = 'changed' | 'slots' | 'closed';

/** Who wants to know what happens on one link. A listener that fails is our fault, and the link stays. */
export class LinkListeners {
  private readonly logger: Logger;
  private readonly listeners = new Set<{ readonly event: LinkEvent; readonly call: () => void }>();

  constructor(logger: Logger) {
    this.logger = logger;
  }

  add(event: LinkEvent, call: () => void): () => void {
    const listener = { event, call };
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  emit(event: LinkEvent): void {
    for (const listener of [...this.listeners]) {
      if (listener.event !== event) continue;
      try {
        listener.call();
      } catch (error) {
        this.logger.error({ event, err: error }, 'a listener of a link failed');
      }
    }
  }
}
