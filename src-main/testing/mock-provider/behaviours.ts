/** What a provider does wrong, or oddly, with a streamed answer. `after` counts pieces of the answer. */
export type StreamedMisbehaviour =
  | { readonly kind: 'billing' }
  | { readonly kind: 'auth' }
  | { readonly kind: 'rate-limited'; readonly retryAfterS: number }
  /** Status 200, then an error in place of the answer. */
  | { readonly kind: 'error-event' }
  /** The body ends as if that were all. */
  | { readonly kind: 'abort-after'; readonly after: number }
  /** The socket breaks. */
  | { readonly kind: 'socket-error-after'; readonly after: number }
  | { readonly kind: 'hang-before-headers' }
  | { readonly kind: 'hang-between-frames'; readonly after: number }
  | { readonly kind: 'malformed-frame'; readonly after: number }
  | { readonly kind: 'split-utf8' }
  | { readonly kind: 'crlf' }
  | { readonly kind: 'no-space' }
  | { readonly kind: 'huge-frame' }
  | { readonly kind: 'no-done' }
  | { readonly kind: 'double-done' };

/** The same for answers in one piece. */
export type PlainMisbehaviour =
  | { readonly kind: 'billing' }
  | { readonly kind: 'auth' }
  | { readonly kind: 'rate-limited'; readonly retryAfterS: number }
  | { readonly kind: 'server-error' }
  /** Status 200 with an error in the body. */
  | { readonly kind: 'error-event' }
  | { readonly kind: 'malformed-body' }
  | { readonly kind: 'empty-body' }
  | { readonly kind: 'web-page' }
  /** Ends before its content-length. */
  | { readonly kind: 'cut-body' }
  | { readonly kind: 'hang-before-headers' }
  | { readonly kind: 'split-utf8' };

export type Behaviour = { readonly kind: 'well' } | StreamedMisbehaviour | PlainMisbehaviour;

/** One of each, to be walked through. */
export const streamedMisbehaviours: readonly StreamedMisbehaviour[] = [
  { kind: 'billing' },
  { kind: 'auth' },
  { kind: 'rate-limited', retryAfterS: 7 },
  { kind: 'error-event' },
  { kind: 'abort-after', after: 3 },
  { kind: 'socket-error-after', after: 3 },
  { kind: 'hang-before-headers' },
  { kind: 'hang-between-frames', after: 3 },
  { kind: 'malformed-frame', after: 3 },
  { kind: 'split-utf8' },
  { kind: 'crlf' },
  { kind: 'no-space' },
  { kind: 'huge-frame' },
  { kind: 'no-done' },
  { kind: 'double-done' },
];

export const plainMisbehaviours: readonly PlainMisbehaviour[] = [
  { kind: 'billing' },
  { kind: 'auth' },
  { kind: 'rate-limited', retryAfterS: 7 },
  { kind: 'server-error' },
  { kind: 'error-event' },
  { kind: 'malformed-body' },
  { kind: 'empty-body' },
  { kind: 'web-page' },
  { kind: 'cut-body' },
  { kind: 'hang-before-headers' },
  { kind: 'split-utf8' },
];
