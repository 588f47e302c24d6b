import type { AnswerStatus } from '../../core/inference.ts';
import { headerSafe } from './served-by.ts';

/** A status as a comment of a stream: `queued 3 about 20 s`. */
export function statusLine(status: AnswerStatus): string {
  switch (status.phase) {
    case 'queued':
      return `queued ${status.position.toString()}${about(status.etaMs)}`;
    case 'loading': {
      const percent = Math.round(status.share * 100).toString();
      return `loading ${percent} % on ${headerSafe(status.machine)}${about(status.etaMs)}`;
    }
    case 'moved':
      return `moved from ${headerSafe(status.from)} to ${headerSafe(status.to)} behind token ${status.atToken.toString()} after ${status.pauseMs.toString()} ms`;
  }
}

/** The place in line as headers; none for anything else. */
export function queueHeaders(status: AnswerStatus): Record<string, string> {
  if (status.phase !== 'queued') return {};
  return {
    'x-millpond-queue-position': status.position.toString(),
    ...(status.etaMs !== undefined && { 'x-millpond-queue-eta': secondsOf(status.etaMs) }),
  };
}

function about(etaMs: number | undefined): string {
  return etaMs === undefined ? '' : ` about ${secondsOf(etaMs)} s`;
}

function secondsOf(ms: number): string {
  return Math.max(1, Math.ceil(ms / 1000)).toString();
}
