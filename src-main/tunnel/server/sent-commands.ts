import { MillpondError } from '../../core/error.ts';
import { newId } from '../../core/identity.ts';
import type { NodeCommand } from '../../core/node.ts';
import type { Command, CommandResult } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { encodeCommand } from '../wire/advert-codec.ts';
import { decodeFailure } from '../wire/failure-codec.ts';

/** Commands on their way to one machine at a time. */
const maxPending = 32;

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: MillpondError) => void;
}

/** Commands that one machine was asked to carry out, and who waits for each. */
export class SentCommands {
  private readonly send: (command: Command) => void;
  private readonly pending = new Map<string, Pending>();

  constructor(send: (command: Command) => void) {
    this.send = send;
  }

  /** Resolves when the machine has done it; rejects with what it said, or when nobody waits any more. */
  async run(command: NodeCommand, signal: AbortSignal): Promise<void> {
    if (this.pending.size >= maxPending) {
      throw new MillpondError('overloaded', 'The machine has too many commands waiting; try later');
    }
    signal.throwIfAborted();
    const commandId = newId();
    const forget = (): void => this.fail(commandId, MillpondError.from(signal.reason, 'cancelled'));
    signal.addEventListener('abort', forget, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        this.pending.set(commandId, { resolve, reject });
        this.send({ commandId, json: encodeCommand(command) });
      });
    } finally {
      this.pending.delete(commandId);
      signal.removeEventListener('abort', forget);
    }
  }

  /** An answer to a command that nobody waits for is dropped. */
  answered({ commandId, failure }: CommandResult): void {
    if (failure === undefined) this.pending.get(commandId)?.resolve();
    else this.fail(commandId, decodeFailure(failure));
  }

  /** The machine is gone: nobody will answer. */
  abandon(error: MillpondError): void {
    for (const commandId of [...this.pending.keys()]) this.fail(commandId, error);
  }

  private fail(commandId: string, error: MillpondError): void {
    this.pending.get(commandId)?.reject(error);
  }
}
