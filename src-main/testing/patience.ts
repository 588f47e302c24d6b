/** How long a test waits for something that surely comes: it ends what hangs and judges no speed. */
export const patience = { timeout: 60_000, interval: 20 } as const;

/**
 * A time that people were promised ("online within ten seconds"), as a test may hold the product to it.
 * Strict on a person's own machine. Where `CI` is set, others use the machine too and nothing that a
 * clock says about it is the product's fault: there it only ends what hangs.
 */
export const promisedMs = (ms: number): number =>
  process.env['CI'] === undefined ? ms : Math.max(ms, patience.timeout);
