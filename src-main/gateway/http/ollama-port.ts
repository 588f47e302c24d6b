import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { openSecondPort } from './listen.ts';
import type { Listener } from './listen.ts';

/** Where other programs expect Ollama. */
export const usualOllamaPort = 11_434;

/**
 * - `open` Millpond answers there · `taken` somebody else does, in one sentence; tried again
 */
export type OllamaPortState =
  { readonly phase: 'open' } | { readonly phase: 'taken'; readonly reason: string };

interface OllamaPortDeps {
  /** The server that listens on Millpond's own port already. */
  readonly server: FastifyInstance['server'];
  readonly clock: Pick<Clock, 'after'>;
  /** 11434 if absent. */
  readonly port?: number;
  /**
   * Whether somebody answers at this address of this machine. Not every system refuses a port whose
   * holder listens on all addresses: this machine's own would be taken away from it unseen.
   */
  readonly isAnswered: (url: string) => Promise<boolean>;
  readonly onChanged: (state: OllamaPortState | undefined) => void;
}

const tryAgainMs = 60_000;

/**
 * Answers on Ollama's port too, as long as nobody else does. It never races for the port: after
 * somebody else held it, it must have been free at two tries in a row, so that an Ollama that is
 * restarted or updated finds its place empty.
 */
export class OllamaPort {
  readonly port: number;
  private readonly deps: OllamaPortDeps;
  private listener: Listener | undefined;
  private current: OllamaPortState | undefined;
  private isWanted = false;
  private freeTriesNeeded = 1;
  private cancelRetry: () => void = () => {};
  private working: Promise<void> = Promise.resolve();

  constructor(deps: OllamaPortDeps) {
    this.deps = deps;
    this.port = deps.port ?? usualOllamaPort;
  }

  /** Undefined while it is not wanted. */
  get state(): OllamaPortState | undefined {
    return this.current;
  }

  get isOpen(): boolean {
    return this.listener !== undefined;
  }

  /** Resolves when it has been tried once, or was given up. Never rejects. */
  setWanted(isWanted: boolean): Promise<void> {
    this.working = this.working.then(async () => {
      if (isWanted === this.isWanted) return;
      this.isWanted = isWanted;
      this.freeTriesNeeded = 1;
      if (isWanted) await this.tryToOpen();
      else await this.close();
    });
    return this.working;
  }

  private async tryToOpen(): Promise<void> {
    try {
      const isHeld = await this.deps.isAnswered(`http://127.0.0.1:${this.port.toString()}`);
      if (isHeld) throw heldByOther();
      const listener = await openSecondPort(this.deps.server, this.port);
      this.freeTriesNeeded -= 1;
      if (this.freeTriesNeeded === 0) {
        this.listener = listener;
        this.enter({ phase: 'open' });
        return;
      }
      await listener.stop();
    } catch (error) {
      this.freeTriesNeeded = 2;
      this.enter({ phase: 'taken', reason: reasonOf(error, this.port) });
    }
    this.cancelRetry = this.deps.clock.after(tryAgainMs, () => {
      this.working = this.working.then(async () => {
        if (this.isWanted && !this.isOpen) await this.tryToOpen();
      });
    });
  }

  private async close(): Promise<void> {
    this.cancelRetry();
    await this.listener?.stop();
    this.listener = undefined;
    this.enter(undefined);
  }

  private enter(state: OllamaPortState | undefined): void {
    const isSame =
      state?.phase === 'taken' &&
      this.current?.phase === 'taken' &&
      this.current.reason === state.reason;
    this.current = state;
    if (!isSame) this.deps.onChanged(state);
  }
}

function heldByOther(): MillpondError {
  return new MillpondError('conflict', 'Another program answers there', { reason: 'port-in-use' });
}

function reasonOf(error: unknown, port: number): string {
  const { reason, message } = MillpondError.from(error);
  return reason === 'port-in-use'
    ? `Another program, probably Ollama, answers on port ${port.toString()}; Millpond takes over when it has been gone for a minute`
    : message;
}
