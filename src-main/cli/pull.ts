import { errorFrom } from '../contract/client.ts';
import type { ControlClient } from '../contract/control.ts';
import type { Download } from '../contract/downloads.ts';
import { MillpondError } from '../core/error.ts';
import { connect } from './connection.ts';
import { formatBytes } from './output.ts';
import type { Output } from './output.ts';
import type { VerbContext } from './verb.ts';

const pollMs = 250;
/** What has arrived is listed right after; a model that is not by then has a problem of its own. */
const listingLimitMs = 10_000;

/**
 * Downloads a model and waits until it is verified and installed. Ctrl+C leaves what has arrived:
 * the running server goes on with it, a server of this command's own pauses it for the next `pull`.
 */
export async function pull({ deps, output }: VerbContext, name: string): Promise<void> {
  const connection = await connect(deps);
  try {
    const { client } = connection;
    const started = await client.downloads.start({ name });
    output.remark(`${started.name}, ${formatBytes(started.totalBytes)}, from ${started.endpoint}`);
    const finished = await follow(client, started, output, deps.interrupted);
    if (output.isJson) output.json(finished);
    else output.line(`${finished.name} is installed as ${finished.modelId ?? finished.name}`);
  } finally {
    await connection.close();
  }
}

async function follow(
  client: ControlClient,
  started: Download,
  output: Output,
  interrupted: AbortSignal,
): Promise<Download> {
  let current = started;
  let listingMs = 0;
  for (;;) {
    if (interrupted.aborted) throw interruption(current);
    if (isListed(current) || listingMs >= listingLimitMs) break;
    if (current.state === 'done') listingMs += pollMs;
    if (current.state === 'failed') throw failure(current);
    if (current.state === 'paused') current = await client.downloads.resume({ id: current.id });
    output.progress(describe(current), current.doneBytes / Math.max(1, current.totalBytes));
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    const { downloads } = await client.downloads.list({});
    const next = downloads.find(({ id }) => id === started.id);
    if (next === undefined) throw new MillpondError('cancelled', `${started.name} was cancelled`);
    current = next;
  }
  output.clearProgress();
  return current;
}

/** Verified, in its place and known to the library: a server of this command's own may end. */
function isListed({ state, modelId }: Download): boolean {
  return state === 'done' && modelId !== undefined;
}

function describe({ state, bytesPerSecond }: Download): string {
  if (state === 'verifying') return 'Verifying';
  if (state === 'queued') return 'In line behind another download';
  if (state === 'waiting') return 'Waiting for the hours chosen in Settings';
  return bytesPerSecond === undefined ? 'Downloading' : `${formatBytes(bytesPerSecond)}/s`;
}

function failure({ name, error }: Download): MillpondError {
  if (error === undefined) return new MillpondError('unavailable', `${name} could not be fetched`);
  return errorFrom(error);
}

function interruption({ name, doneBytes, totalBytes }: Download): MillpondError {
  const amount = `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
  return new MillpondError(
    'cancelled',
    `${name}: ${amount} are kept; the same command goes on from there`,
  );
}
