import type { AnswerStatus } from '../types.ts';

/** What a screen reader is told about an answer; the text itself is never spoken by itself. */
export type Announcement =
  | { readonly kind: 'answering' }
  | { readonly kind: 'done'; readonly words: number }
  | { readonly kind: 'stopped'; readonly words: number }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly reason: string };

export interface AnswerMoment {
  readonly id: string;
  readonly status: AnswerStatus;
  readonly words: () => number;
  readonly errorMessage: string | undefined;
}

/**
 * The news between two looks at the answer on screen. An answer that was already over when it came
 * into sight is not news; so a stream makes two announcements, whatever its length.
 */
export function announcementBetween(
  before: Pick<AnswerMoment, 'id' | 'status'> | undefined,
  after: AnswerMoment,
): Announcement | undefined {
  const wasRunning =
    before?.id === after.id && (before.status === 'waiting' || before.status === 'streaming');
  switch (after.status) {
    case 'waiting':
      return undefined;
    case 'streaming':
      return before?.id === after.id && before.status === 'streaming'
        ? undefined
        : { kind: 'answering' };
    case 'done':
      return wasRunning ? { kind: 'done', words: after.words() } : undefined;
    case 'stopped':
      return wasRunning ? { kind: 'stopped', words: after.words() } : undefined;
    case 'interrupted':
      return wasRunning ? { kind: 'interrupted' } : undefined;
    case 'failed':
      return wasRunning ? { kind: 'failed', reason: after.errorMessage ?? '' } : undefined;
  }
}
