import { setTimeout as pause } from 'node:timers/promises';
import type { ShareableModel } from '../../agent/ports.ts';
import { MillpondError } from '../../core/error.ts';
import { systemClock } from '../../platform/system-clock.ts';
import type { GatewayAddress } from '../../tunnel/ports.ts';
import { countingModel, createCountingEngines } from './counting-engines.ts';
import type { Pace } from './counting-engines.ts';
import { joinAsMachine, untilPhase } from './join-as-machine.ts';
import { serveCalls } from './remote-calls.ts';

export interface ScriptedMachineOptions {
  readonly name: string;
  readonly gateway: GatewayAddress;
  /** The secret of an invite. */
  readonly invite: string;
  /** Of each model. */
  readonly slots: number;
  /** What its owner lets run for others at a time; the slots if absent. */
  readonly answersAtOnce?: number;
  readonly tokensPerSecond: number;
  readonly models: readonly string[];
}

/**
 * What its engine does with a request: `dies` takes the whole process along at the first one, `hangs`
 * accepts it and never says a token, `stalls` says three, `holds` waits in front of the first for `letGo`.
 */
export type ScriptedMood = 'answers' | 'dies' | 'hangs' | 'stalls' | 'holds';

const tokensBeforeStall = 3;
const options = JSON.parse(process.argv[2] ?? '{}') as ScriptedMachineOptions;
let mood: ScriptedMood = 'answers';
let models: readonly ShareableModel[] = options.models.map(offered);
const counts = { running: 0, mostRunning: 0, begun: 0, stopped: 0, tokens: 0, held: 0 };
let gate: PromiseWithResolvers<void> = Promise.withResolvers();
const listeners = new Set<() => void>();

/** Models of one name have the same weights on every machine. */
function offered(id: string): ShareableModel {
  const digest = Buffer.from(id).toString('hex').padEnd(64, '0').slice(0, 64);
  return countingModel(id, { slots: options.slots, digest });
}

/** An even pace: what one token was late, the next one makes up for. */
function pace(): Pace {
  let began = systemClock.monotonic();
  let said = 0;
  return async (signal) => {
    if (mood === 'hangs' || (mood === 'stalls' && said === tokensBeforeStall))
      await forever(signal);
    if (mood === 'holds' && said === 0) {
      await untilLetGo(signal);
      began = systemClock.monotonic();
    }
    said += 1;
    counts.tokens += 1;
    const due = began + (said * 1000) / options.tokensPerSecond;
    const aheadMs = due - systemClock.monotonic();
    if (aheadMs > 0) await pause(aheadMs, undefined, { signal });
  };
}

async function untilLetGo(signal: AbortSignal): Promise<void> {
  counts.held += 1;
  try {
    await Promise.race([gate.promise, forever(signal)]);
  } finally {
    counts.held -= 1;
  }
}

function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = (): void => reject(MillpondError.from(signal.reason));
    signal.addEventListener('abort', give, { once: true });
  });
}

const counting = createCountingEngines({
  models,
  pace,
  onBegan() {
    if (mood === 'dies') process.kill(process.pid, 'SIGKILL');
    counts.begun += 1;
    counts.running += 1;
    counts.mostRunning = Math.max(counts.mostRunning, counts.running);
  },
  onEnded(_requestId, wasStopped) {
    counts.running -= 1;
    if (wasStopped) counts.stopped += 1;
  },
});
const machine = await joinAsMachine({
  ...options,
  answersAtOnce: options.answersAtOnce ?? options.slots,
  clock: systemClock,
  engines: {
    ...counting,
    models: () => models,
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  },
});
machine.client.start();
await untilPhase(machine.client, 'online');

const calls = {
  membershipId: () => machine.membershipId,
  counts: () => counts,
  feel(next: ScriptedMood): void {
    mood = next;
  },
  /** What is held goes on; what comes from now on is held again. */
  letGo(): void {
    gate.resolve();
    gate = Promise.withResolvers();
  },
  /** Offers these from now on; those in `draining` finish what they answer and take nothing new. */
  offer(ids: readonly string[], draining: readonly string[] = []): void {
    models = [
      ...ids.map(offered),
      ...draining.map((id) => ({ ...offered(id), state: { phase: 'draining' } as const })),
    ];
    for (const listener of listeners) listener();
  },
  /** Resolves when it has left, its answers finished. */
  drain: () => machine.client.drain('it is closing'),
};
export type ScriptedMachineCalls = typeof calls;

serveCalls(calls, () => machine.client.stop());
