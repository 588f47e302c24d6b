import type { AuditEntry } from '../../contract/audit.ts';
import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/identity.ts';
import type { Logger } from '../../platform/logger.ts';
import type { AuditQuery, AuditStore } from './ports.ts';

export type AuditFacts = Omit<AuditEntry, 'id' | 'at'>;

/** Who changed what: written in batches, off the hot path. */
export interface AuditLog {
  /** Never waits and never throws. What cannot be written for long is counted, and the log says so. */
  add(facts: AuditFacts): void;
  /** Includes what was added a moment ago. */
  query(query: AuditQuery): ReturnType<AuditStore['query']>;
  /** Stops forgetting and writes what is left. */
  close(): Promise<void>;
}

interface AuditLogDeps {
  readonly store: AuditStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

const maxPending = 10_000;
const maxBatch = 500;
const writeAfterMs = 100;
const retryAfterMs = 5000;
const keptMs = 366 * 24 * 60 * 60_000;
const forgetEveryMs = 24 * 60 * 60_000;

export function createAuditLog(deps: AuditLogDeps): AuditLog {
  return new BufferedAuditLog(deps);
}

class BufferedAuditLog implements AuditLog {
  private readonly deps: AuditLogDeps;
  private readonly logger: Logger;
  private pending: AuditEntry[] = [];
  private stopWriting: (() => void) | undefined;
  private stopForgetting: () => void = () => {};
  private writing: Promise<boolean> | undefined;
  private isClosed = false;

  constructor(deps: AuditLogDeps) {
    this.deps = deps;
    this.logger = deps.logger.child({ component: 'audit' });
    this.forget();
  }

  add(facts: AuditFacts): void {
    if (this.pending.length >= maxPending) {
      this.logger.error({ action: facts.action }, 'the audit log is full and lost an entry');
      return;
    }
    this.pending.push({ id: newId(), at: this.deps.clock.now(), ...facts });
    this.schedule(writeAfterMs);
  }

  async query(query: AuditQuery): ReturnType<AuditStore['query']> {
    await this.write();
    return this.deps.store.query(query);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.stopForgetting();
    this.stopWriting?.();
    if (await this.write()) return;
    this.logger.error({ entries: this.pending.length }, 'audit entries could not be written');
  }

  private schedule(delayMs: number): void {
    if (this.isClosed || this.stopWriting !== undefined) return;
    this.stopWriting = this.deps.clock.after(delayMs, () => {
      this.stopWriting = undefined;
      void this.write().then((isDone) => {
        if (!isDone) this.schedule(retryAfterMs);
      });
    });
  }

  /** True when nothing is left. One writer at a time keeps the order. */
  private async write(): Promise<boolean> {
    while (this.pending.length > 0) {
      this.writing ??= this.writeBatch().finally(() => {
        this.writing = undefined;
      });
      if (!(await this.writing)) return false;
    }
    return true;
  }

  private async writeBatch(): Promise<boolean> {
    const batch = this.pending.slice(0, maxBatch);
    try {
      await this.deps.store.append(batch);
    } catch (error) {
      const data = { err: error, pending: this.pending.length };
      this.logger.warn(data, 'the audit log is not writable');
      return false;
    }
    this.pending = this.pending.slice(batch.length);
    return true;
  }

  private forget(): void {
    const { clock, store } = this.deps;
    this.stopForgetting = clock.after(forgetEveryMs, () => {
      this.forget();
    });
    void store.prune(clock.now() - keptMs).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'old audit entries were not removed');
    });
  }
}
