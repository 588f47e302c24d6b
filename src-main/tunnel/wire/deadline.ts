/**
 * The deadline of a request as the other side's clock shows it, so that it also holds between machines
 * whose clocks are a day apart. Empty where there is none.
 */
export function deadlineOnOtherClock(
  deadlineAt: number | undefined,
  aheadMs: number,
): { readonly deadlineAt?: number } {
  return deadlineAt === undefined ? {} : { deadlineAt: deadlineAt + aheadMs };
}
