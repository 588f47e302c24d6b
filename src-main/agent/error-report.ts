import { MillpondError } from '../core/error.ts';
import type { ErrorCode } from '../core/error.ts';
import type { NodeErrorReport } from '../tunnel/ports.ts';

/** Failures of this machine itself. All others are somebody's wish or somebody's limit. */
const ownFaults: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'internal',
  'model-load-failed',
  'out-of-memory',
]);

/** Engines say in a sentence what happened; more than that is somebody's prompt. */
const longestMessage = 300;

/**
 * What the owner of a pool may know about a failure here: code and sentence, without anything that
 * looks like a path, a quotation or an address. Undefined for what is no fault of this machine.
 */
export function errorReport(thrown: unknown, at: number): NodeErrorReport | undefined {
  const { code, message } = MillpondError.from(thrown);
  if (!ownFaults.has(code)) return undefined;
  return { code, message: redacted(message).slice(0, longestMessage), at };
}

function redacted(message: string): string {
  return message
    .replaceAll(/["'“‘`][^"'”’`]*["'”’`]/gu, '…')
    .replaceAll(/(?:[a-z]:)?[\\/][^\s,;)]+/giu, '…')
    .replaceAll(/\b[\w.-]+@[\w.-]+/gu, '…');
}
