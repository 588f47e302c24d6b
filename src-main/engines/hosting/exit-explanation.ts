import type { ProcessExit } from '../../platform/process-launcher.ts';

/** Why an engine process ended, in words that need no knowledge of signals. */
export function explainExit(exit: ProcessExit, outputTail: readonly string[]): string {
  const newest = outputTail.slice(-telltaleLines);
  // A stack trace ends with less telling lines than its first.
  const lastWords =
    newest.findLast((line) => /error|assert|fail|abort/i.test(line)) ?? newest.at(-1);
  const cause = explainOutput(outputTail) ?? explainStatus(exit);
  return lastWords === undefined
    ? cause
    : `${cause} (its last words: ${shorten(lastWords.trim())})`;
}

/** A complaint further back was survived. */
const telltaleLines = 20;

/** Traces that native code leaves before it gives up; the last one that fits decides. */
const knownOutput: readonly (readonly [RegExp, string])[] = [
  [/out ?of ?(device ?)?memory|failed to allocate|cudaMalloc|bad_alloc/i, 'memory ran out'],
  [/device lost|DEVICE_LOST|CUDA error/i, 'the graphics driver failed'],
  [/cannot find (module|package)|ERR_MODULE_NOT_FOUND/i, 'a part of Millpond is missing'],
  [
    /GLIBC(XX)?_[\d.]+' not found|cannot open shared object/i,
    'a system library is too old or missing',
  ],
];

function explainOutput(tail: readonly string[]): string | undefined {
  for (const line of tail.slice(-telltaleLines).toReversed()) {
    const known = knownOutput.find(([pattern]) => pattern.test(line));
    if (known !== undefined) return known[1];
  }
  return undefined;
}

function explainStatus({ code, signal }: ProcessExit): string {
  switch (signal) {
    case 'SIGKILL':
      return 'it was killed from outside; when nobody did that, memory ran out';
    case 'SIGTERM':
    case 'SIGINT':
    case 'SIGHUP':
      return 'something asked it to end';
    case 'SIGILL':
      return 'this processor lacks an instruction that the engine needs';
    case 'SIGSEGV':
    case 'SIGBUS':
    case 'SIGABRT':
    case 'SIGFPE':
    case 'SIGTRAP':
      return 'it hit a fault in native code';
    default:
      return explainCode(code);
  }
}

const windowsFaults: ReadonlyMap<number, string> = new Map([
  [0xc0000005, 'it hit a fault in native code'],
  [0xc0000135, 'a system library is missing; install the Visual C++ runtime'],
  [0xc000001d, 'this processor lacks an instruction that the engine needs'],
  [0xc0000017, 'memory ran out'],
]);

function explainCode(code: number | null): string {
  if (code === null) return 'it could not be started';
  // Windows reports faults as signed or unsigned 32-bit numbers.
  return windowsFaults.get(code >>> 0) ?? `it ended unexpectedly with code ${String(code)}`;
}

function shorten(text: string): string {
  return text.length <= 160 ? text : `${text.slice(0, 159)}…`;
}
