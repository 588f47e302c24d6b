import { createHash } from 'node:crypto';
import type { InferenceRequest } from '../../core/inference.ts';
import type { SlotReport } from '../engine.ts';

export interface SidecarSlot {
  readonly index: number;
  /** Whether what the slot holds may be used: it belongs to the same tenant, or to nobody. */
  readonly isOwn: boolean;
}

interface Entry {
  readonly index: number;
  isBusy: boolean;
  tenant: string | undefined;
  /** Of what it read last: one per message, each over everything up to it. */
  prefixes: readonly string[];
  heldTokens: number;
  usedAt: number;
}

/**
 * Which request uses which slot of a server. A conversation goes back to the slot that holds its
 * beginning; what one tenant left is never used for another, since the time to the first token
 * would tell what was asked. More requests than slots wait in their order.
 */
export class SidecarSlots {
  private readonly entries: readonly Entry[];
  private readonly line: (() => void)[] = [];
  private uses = 0;

  constructor(count: number) {
    this.entries = Array.from({ length: count }, (_, index) => ({
      index,
      isBusy: false,
      tenant: undefined,
      prefixes: [],
      heldTokens: 0,
      usedAt: 0,
    }));
  }

  async take(request: InferenceRequest, signal: AbortSignal): Promise<SidecarSlot> {
    signal.throwIfAborted();
    while (this.entries.every((entry) => entry.isBusy)) await this.wait(signal);
    const { tenant } = request.envelope;
    const prefixes = prefixesOf(request);
    const entry = this.best(tenant, prefixes);
    const isOwn = entry.tenant === undefined || entry.tenant === tenant;
    entry.isBusy = true;
    entry.tenant = tenant;
    entry.prefixes = prefixes;
    return { index: entry.index, isOwn };
  }

  /** `heldTokens`: prompt and answer together, as far as they are known. */
  release({ index }: SidecarSlot, heldTokens: number): void {
    const entry = this.entries[index];
    if (entry === undefined) return;
    this.uses += 1;
    entry.isBusy = false;
    entry.usedAt = this.uses;
    entry.heldTokens = heldTokens;
    this.line.shift()?.();
  }

  reports(): readonly SlotReport[] {
    return this.entries.map(({ index, isBusy, tenant, heldTokens }) => ({
      slot: index,
      isBusy,
      ...(tenant !== undefined && { tenant }),
      heldTokens,
      marks: [],
    }));
  }

  private best(tenant: string, prefixes: readonly string[]): Entry {
    const free = this.entries.filter((entry) => !entry.isBusy);
    const worth = (entry: Entry): number => {
      if (entry.tenant === undefined) return 0;
      return entry.tenant === tenant ? sharedLength(entry.prefixes, prefixes) : -1;
    };
    // The longest known beginning; else one that nobody used, or that was used longest ago.
    const [best] = free.toSorted((a, b) => worth(b) - worth(a) || a.usedAt - b.usedAt);
    if (best === undefined) throw new Error('a slot was promised and none is free');
    return best;
  }

  private wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const at = this.line.indexOf(wake);
        if (at >= 0) this.line.splice(at, 1);
        reject(signal.reason as Error);
      };
      const wake = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      signal.addEventListener('abort', leave, { once: true });
      this.line.push(wake);
    });
  }
}

function prefixesOf({ input }: InferenceRequest): readonly string[] {
  const parts: readonly unknown[] =
    input.task === 'chat' || input.task === 'count' ? input.messages : [input];
  const hash = createHash('sha256');
  return parts.map((part) => hash.update(JSON.stringify(part)).copy().digest('base64'));
}

function sharedLength(a: readonly string[], b: readonly string[]): number {
  const differs = a.findIndex((prefix, index) => prefix !== b[index]);
  return differs < 0 ? a.length : differs;
}
