/** How long a pause by hand lasts; `open` until its owner says otherwise. */
export type PauseSpan = 'hour' | 'tomorrow' | 'open';
export const pauseSpans: readonly PauseSpan[] = ['hour', 'tomorrow', 'open'];

const hourMs = 3_600_000;
/** When a night is over for a machine that waits until tomorrow. */
const morningHour = 8;

/** The moment at which a pause that begins at `now` ends; undefined for one without an end. */
export function pauseUntil(span: PauseSpan, now: number): number | undefined {
  switch (span) {
    case 'hour':
      return now + hourMs;
    case 'tomorrow': {
      const morning = new Date(now);
      morning.setDate(morning.getDate() + 1);
      morning.setHours(morningHour, 0, 0, 0);
      return morning.getTime();
    }
    case 'open':
      return undefined;
  }
}
