import type { ErrorCode } from '../core/error.ts';

/** What each exit status means; printed by `millpond --help`. */
export const exitCodes = {
  success: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  unreachable: 4,
  noMemory: 5,
  interrupted: 130,
} as const;

/** The exit status that tells a script what kind of failure it was. */
export function exitCodeOf(code: ErrorCode): number {
  switch (code) {
    case 'model-not-found':
    case 'not-found':
      return exitCodes.notFound;
    case 'unavailable':
    case 'overloaded':
    case 'timeout':
      return exitCodes.unreachable;
    case 'out-of-memory':
    case 'storage-full':
      return exitCodes.noMemory;
    case 'invalid-request':
    case 'context-overflow':
      return exitCodes.usage;
    case 'cancelled':
      return exitCodes.interrupted;
    default:
      return exitCodes.failure;
  }
}
