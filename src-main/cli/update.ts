import { createInterface } from 'node:readline/promises';
import type { ControlClient } from '../contract/control.ts';
import { errorFrom } from '../contract/client.ts';
import type { UpdateJob, UpdateStatus } from '../contract/updates.ts';
import { MillpondError } from '../core/error.ts';
import { clientFor } from './connection.ts';
import { plainMarkdown } from './plain-markdown.ts';
import { formatBytes } from './output.ts';
import type { OwnRuntime } from './ports.ts';
import type { VerbContext } from './verb.ts';

export interface UpdateOptions {
  readonly check?: boolean;
  readonly apply?: boolean;
  readonly back?: boolean;
  /** Does not wait for answers that run. */
  readonly now?: boolean;
  readonly yes?: boolean;
}

const pollMs = 250;
/** A version that starts may have a large database to migrate. */
const comeBackLimitMs = 10 * 60_000;

/** Says what there is, installs it, or brings back the version from before. */
export async function update(context: VerbContext, options: UpdateOptions): Promise<void> {
  const wishes = [options.check, options.apply, options.back].filter((wish) => wish === true);
  if (wishes.length > 1) {
    throw new MillpondError('invalid-request', 'Give one of --check, --apply and --back');
  }
  if (options.back === true) {
    await goBack(context, options);
    return;
  }
  const session = await open(context);
  try {
    const status = await session.client.updates.check({});
    if (status.checkError !== undefined) throw errorFrom(status.checkError);
    if (options.apply === true) await apply(context, session, status, options);
    else if (context.output.isJson) context.output.json(status);
    else describe(context, status);
  } finally {
    await session.own?.stop();
  }
}

interface Session {
  readonly client: ControlClient;
  /** The runtime of this command; absent where one ran already. */
  readonly own?: OwnRuntime;
}

/** Only the Millpond of this data folder: nobody updates another computer from here. */
async function open({ deps }: VerbContext): Promise<Session> {
  const running = await deps.findRuntime();
  if (running) return { client: clientFor(deps, running) };
  const own = await deps.startRuntime({ port: 0, loadDefaultModel: false });
  return { own, client: clientFor(deps, own) };
}

function describe({ output }: VerbContext, status: UpdateStatus): void {
  const { available, outOfReach, earlier, version } = status;
  if (available === undefined) {
    output.line(
      outOfReach === undefined
        ? `Millpond ${version} is the newest version.`
        : outOfReachSentence(outOfReach),
    );
  } else {
    output.line(`Millpond ${available.version} is there; this is ${version}. What is new:`);
    for (const { version: one, date, notes } of available.news) {
      output.line();
      output.line(`${one} (${date})`);
      output.line(plainMarkdown(notes));
    }
    output.line();
    output.line(
      `\`millpond update --apply\` fetches ${formatBytes(available.sizeBytes)}, tries it with a copy of your data and installs it.`,
    );
  }
  if (earlier !== undefined) {
    output.line(
      `\`millpond update --back\` brings ${earlier.version} back, with the data of then.`,
    );
  }
}

function outOfReachSentence({ version, why }: NonNullable<UpdateStatus['outOfReach']>): string {
  return why === 'no-file'
    ? `Millpond ${version} is there, but not for this computer.`
    : `Millpond ${version} is there, but this version is too old to be updated to it: download it from its page.`;
}

async function apply(
  context: VerbContext,
  session: Session,
  { version, available }: UpdateStatus,
  options: UpdateOptions,
): Promise<void> {
  const { output } = context;
  if (available === undefined) {
    if (output.isJson) output.json({ event: 'current', version });
    else output.line(`Millpond ${version} is the newest version.`);
    return;
  }
  const wanted = available.version;
  const started = await session.client.updates.apply({ version: wanted });
  const end = await follow(context, session, started, options);
  if (end?.command !== undefined) {
    if (output.isJson) output.json({ event: 'ready', version: wanted, command: end.command });
    else output.line(`It was tried and is ready. Install it with: ${end.command}`);
    return;
  }
  if (end !== undefined) throw new MillpondError('cancelled', 'The update was cancelled');
  await comeBack(context, session, wanted);
}

async function goBack(context: VerbContext, options: UpdateOptions): Promise<void> {
  const { deps, output } = context;
  const { earlier } = deps.updates.state();
  if (earlier === undefined) {
    throw new MillpondError('not-found', 'There is no earlier version here to go back to');
  }
  await confirm(
    context,
    options,
    `Back to Millpond ${earlier.version}, with the data of ${new Date(earlier.replacedAt).toLocaleString()}? What was written since is put aside as a backup.`,
  );
  const running = await deps.findRuntime();
  if (running) {
    const client = clientFor(deps, running);
    const end = await follow(context, { client }, await client.updates.back({}), options);
    if (end !== undefined) throw new MillpondError('cancelled', 'Nothing was changed');
    await comeBack(context, { client }, earlier.version);
    return;
  }
  if (output.isJson) output.json({ event: 'phase', phase: 'switching', version: earlier.version });
  await deps.updates.goBack();
  tellInPlace(context, earlier.version);
}

async function confirm(
  { deps, output }: VerbContext,
  { yes }: UpdateOptions,
  question: string,
): Promise<void> {
  if (yes === true) return;
  if (!deps.stdin.isTTY || output.isJson) {
    throw new MillpondError('invalid-request', `${question} Say so with --yes`);
  }
  const asking = createInterface({ input: deps.stdin, output: deps.stderr });
  try {
    const answer = await asking.question(`${question} [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    asking.close();
  }
  throw new MillpondError('cancelled', 'Nothing was changed');
}

/** Until the program stops for the other version (undefined), or the work ended without that. Rejects when it failed. */
async function follow(
  { deps, output }: VerbContext,
  { client, own }: Session,
  started: UpdateStatus,
  options: UpdateOptions,
): Promise<UpdateStatus | undefined> {
  let status = started;
  let told = '';
  if (options.now === true) await client.updates.hurry({});
  for (;;) {
    if (deps.interrupted.aborted) await interrupt(client);
    const { job, failure } = status;
    if (job === undefined) {
      output.clearProgress();
      if (failure !== undefined) throw asError(failure, output);
      return status;
    }
    const step = stepOf(job);
    if (step !== told && output.isJson) output.json({ event: 'phase', ...job });
    told = step;
    output.progress(sentenceOf(job), shareOf(job));
    if (job.phase === 'switching') return undefined;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    const next = await client.updates.status({}).catch(() => undefined);
    // It has stopped already: what came of it is known when somebody answers again.
    if (next === undefined || own?.restartWish() === 'replaced') return undefined;
    status = next;
  }
}

function stepOf(job: UpdateJob): string {
  return job.phase === 'trying' ? `${job.phase} ${job.step}` : job.phase;
}

function sentenceOf(job: UpdateJob): string {
  switch (job.phase) {
    case 'downloading':
      return job.bytesPerSecond === undefined
        ? 'Downloading'
        : `Downloading, ${formatBytes(job.bytesPerSecond)}/s`;
    case 'unpacking':
      return 'Unpacking';
    case 'trying':
      return `Trying it with a copy of your data${job.model === undefined ? '' : ` and ${job.model}`}`;
    case 'waiting':
      return `Waiting for ${job.answers.toString()} running answers (--now does not)`;
    case 'switching':
      return 'Switching';
  }
}

function shareOf(job: UpdateJob): number {
  if (job.phase === 'downloading') return job.doneBytes / Math.max(1, job.totalBytes);
  return job.phase === 'unpacking' ? 0 : 1;
}

async function interrupt(client: ControlClient): Promise<never> {
  await client.updates.cancel({}).catch(() => {
    // It is ending by itself.
  });
  throw new MillpondError(
    'cancelled',
    'The update was stopped; what was fetched is kept, and the same command goes on from there',
  );
}

function asError(
  failure: NonNullable<UpdateStatus['failure']>,
  output: VerbContext['output'],
): MillpondError {
  for (const line of failure.output) output.aside(`  ${line}\n`);
  return errorFrom(failure.error);
}

/** Waits for whoever runs after the switch, and says who that is. */
async function comeBack(context: VerbContext, { own }: Session, wanted: string): Promise<void> {
  const { deps, output } = context;
  output.clearProgress();
  if (own) {
    await own.stopped;
    const { failure, awaited } = deps.updates.state();
    if (failure !== undefined) throw errorFrom(failure.error);
    if (awaited === undefined) tellInPlace(context, wanted);
    else output.line(`Millpond ${wanted} is installed; the next start is the new version.`);
    return;
  }
  const giveUpAt = performance.now() + comeBackLimitMs;
  while (performance.now() < giveUpAt && !deps.interrupted.aborted) {
    const running = await deps.findRuntime();
    const status = running && (await statusOf(context, running));
    // The one that leaves answers for a moment longer.
    if (status !== undefined && status.job === undefined) {
      if (status.version === wanted) {
        tellInPlace(context, wanted);
        return;
      }
      if (status.failure !== undefined) throw errorFrom(status.failure.error);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new MillpondError(
    'unavailable',
    'Millpond has not come back; start it with `millpond serve`, or bring the earlier version back with `millpond update --back`',
  );
}

async function statusOf(
  { deps }: VerbContext,
  running: Parameters<typeof clientFor>[1],
): Promise<UpdateStatus | undefined> {
  return clientFor(deps, running)
    .updates.status({})
    .catch(() => undefined);
}

function tellInPlace({ deps, output }: VerbContext, version: string): void {
  const { setAside } = deps.updates.state();
  if (output.isJson) output.json({ event: 'in-place', version, ...(setAside && { setAside }) });
  else {
    output.line(`Millpond ${version} is in place.`);
    if (setAside !== undefined) {
      output.line(
        `What was written since lies in ${setAside.folder}; Millpond ${setAside.version} can restore it.`,
      );
    }
  }
}
