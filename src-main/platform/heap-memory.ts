import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How much the old generation may grow over what survived, before it is collected again. */
const growthPercent = 50;

/**
 * Lets this process's heap grow to 1.5 times what is really in use before it is collected, instead of V8's up
 * to 4 times, which suits a program alone on a machine and not one beside models: what it saves, a model can
 * have. A collection of a gateway's some 50 MiB runs beside the program and stops it for about 10 ms.
 */
export function limitHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent.toString()}`);
}

let collect: (() => void) | undefined;

/**
 * Collects everything at once and gives the memory back to the system. Blocks for some 10 to 40 ms,
 * so call it only when nobody waits.
 *
 * V8 grows its young generation to 48 MiB while a program starts or works and gives nothing back
 * while it idles, which is what a server on a desktop does most of its life (measured: 133 → 114 MiB).
 * A smaller young generation would save the same and cost every stream under load.
 */
export function trimMemory(): void {
  collect ??= exposeCollector();
  collect();
}

function exposeCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as NodeJS.GCFunction;
  return () => {
    gc();
  };
}
