import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ProcessUsage } from '../runtime/gateway-protocol.ts';
import type { FromChild, ToChild } from './measured-child.ts';

/** A process under test, and what it spends. */
export interface MeasuredProcess extends AsyncDisposable {
  readonly port: number;
  /** Runs `work` and tells what the process spent meanwhile. */
  during(work: () => Promise<void>): Promise<ProcessUsage>;
  /** The next time that somebody leaves it before the end of an answer, on the shared clock. */
  nextLeaving(): Promise<number>;
}

/** Starts a file of this folder in a process of its own. */
export async function startMeasured(
  file: string,
  args: readonly string[] = [],
): Promise<MeasuredProcess> {
  const child = fork(join(import.meta.dirname, file), [...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const lost = ended.then(() => {
    throw new Error(`${file} ended`);
  });
  lost.catch(() => {});
  const next = async <Type extends FromChild['type']>(
    type: Type,
  ): Promise<Extract<FromChild, { type: Type }>> => {
    for (;;) {
      const [message] = (await Promise.race([once(child, 'message'), lost])) as [FromChild];
      if (isOf(message, type)) return message;
    }
  };
  const ask = <Type extends FromChild['type']>(message: ToChild, type: Type) => {
    const answer = next(type);
    child.send(message);
    return answer;
  };
  const { port } = await next('ready');
  return {
    port,
    async during(work) {
      await ask({ type: 'begin' }, 'begun');
      await work();
      const { usage } = await ask({ type: 'end' }, 'usage');
      return usage;
    },
    nextLeaving: async () => (await next('left')).at,
    async [Symbol.asyncDispose]() {
      // Ctrl+C reaches it too: it may be gone already.
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

function isOf<Type extends FromChild['type']>(
  message: FromChild,
  type: Type,
): message is Extract<FromChild, { type: Type }> {
  return message.type === type;
}
