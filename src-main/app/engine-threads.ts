import { availableParallelism } from 'node:os';

/**
 * Threads for engines whose load options name none. More threads than free cores make llama.cpp a
 * hundred times slower, so one core stays free. `MILLPOND_ENGINE_THREADS` decides where that guess
 * is wrong, for example beside other work on a small server.
 */
export function defaultEngineThreads(env: Readonly<Record<string, string | undefined>>): number {
  const chosen = Number(env['MILLPOND_ENGINE_THREADS']);
  if (Number.isInteger(chosen) && chosen >= 1) return chosen;
  return Math.max(1, availableParallelism() - 1);
}
