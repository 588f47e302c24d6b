import type { SharingStatus } from '../contract/sharing.ts';
import { attachOrFail } from './connection.ts';
import { formatTimeOfDay, nextAt } from './moments.ts';
import type { TimeOfDay } from './moments.ts';
import type { VerbContext } from './verb.ts';

/** *Share*, *Finish* or *Pause*: whether this machine works for its pools. */
export async function wishSharing(
  { deps, output }: VerbContext,
  wish: SharingStatus['wish'],
  options: { readonly until?: TimeOfDay } = {},
): Promise<void> {
  const { client } = await attachOrFail(deps);
  const until = options.until && nextAt(options.until, new Date()).getTime();
  const status = await client.sharing.wish({ wish, ...(until !== undefined && { until }) });
  if (output.isJson) output.json({ sharing: status });
  else output.line(sentenceOf(status));
}

/** How it stands, with the reason where somebody might wonder. */
function sentenceOf({ state, answersRunning, wishUntil }: SharingStatus): string {
  const reason = state.reason === '' ? '' : ` (${state.reason})`;
  const end = state.until ?? wishUntil;
  const until = end === undefined ? '' : ` until ${formatTimeOfDay(new Date(end))}`;
  switch (state.phase) {
    case 'sharing':
      return 'This machine works for its pools.';
    case 'finishing': {
      const count = answersRunning === 1 ? '1 answer' : `${answersRunning.toString()} answers`;
      return `This machine ends ${count} for others and takes no more${reason}.`;
    }
    case 'paused':
      return `This machine does not work for others${until}${reason}.`;
  }
}
