import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { type ErrorCode, MillpondError } from '../core/error.ts';
import { readBodyText } from '../core/http-body.ts';
import type { HttpClient } from '../core/http.ts';
import type { StartedProgram, StartProgram, TrialData } from './ports.ts';
import { withoutSecrets } from './without-secrets.ts';

export type TrialStep = 'copying' | 'starting' | 'asking' | 'stopping';

interface TrialDeps {
  readonly start: StartProgram;
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Copies what the new version is tried with. */
  readonly prepare: (signal: AbortSignal) => Promise<TrialData>;
  readonly ownerToken: (folder: string) => Promise<string | undefined>;
}

interface TrialOptions {
  readonly signal: AbortSignal;
  readonly onStep: (step: TrialStep, model?: string) => void;
}

/** Why a version must not take over, with what it wrote: oldest line first, without secrets. */
export class TrialFailure extends Error {
  override readonly name = 'TrialFailure';
  readonly error: MillpondError;
  readonly output: readonly string[];

  constructor(error: MillpondError, output: readonly string[]) {
    super(error.message, { cause: error });
    this.error = error;
    this.output = output;
  }
}

/** A large database is migrated, a large model is read from a slow disk: neither is a failure. */
const readyLimitMs = 15 * 60_000;
const answerLimitMs = 15 * 60_000;
const stopLimitMs = 20_000;
const keptLines = 60;
const endedReason = 'trial-ended';

/**
 * Starts a version's own `millpond serve --trial` with a copy of the data, lets it migrate that and
 * answer one question, and stops it. Rejects with `TrialFailure`, or with the signal's reason; nothing
 * of the trial is left behind either way.
 */
export async function tryVersion(
  command: string,
  deps: TrialDeps,
  { signal, onStep }: TrialOptions,
): Promise<{ readonly model: string }> {
  onStep('copying');
  const data = await deps.prepare(signal);
  try {
    onStep('starting');
    const ready = Promise.withResolvers<ReadyLine>();
    const program = deps.start({
      command,
      args: ['serve', '--trial', '--json', '--port', '0'],
      env: { MILLPOND_HOME: data.folder },
      onLine: (line) => {
        const parsed = readyLine.safeParse(asJson(line));
        if (parsed.success) ready.resolve(parsed.data);
      },
    });
    try {
      const address = await untilReady(program, ready.promise, deps.clock, signal);
      const token = (await deps.ownerToken(data.folder)) ?? '';
      const model = await askAny(data.models, { ...deps, ...address, token }, { signal, onStep });
      onStep('stopping');
      return { model };
    } catch (error) {
      signal.throwIfAborted();
      throw new TrialFailure(inItsWords(error, program), await outputOf(program, data));
    } finally {
      await end(program, deps.clock);
    }
  } finally {
    await data.discard();
  }
}

const readyLine = z.object({ event: z.literal('ready'), url: z.url() });
type ReadyLine = z.infer<typeof readyLine>;

async function untilReady(
  program: StartedProgram,
  ready: Promise<ReadyLine>,
  clock: Clock,
  signal: AbortSignal,
): Promise<ReadyLine> {
  const done = new AbortController();
  const late = clock.sleep(readyLimitMs, AbortSignal.any([signal, done.signal])).then((): never => {
    throw new MillpondError('timeout', 'The new version did not start within 15 minutes');
  });
  const ended = program.exited.then(({ code }): never => {
    const how = code === null ? 'by a signal' : `with status ${code.toString()}`;
    throw new MillpondError(
      'unavailable',
      `The new version ended ${how} before it was ready; the version that runs here stays`,
      { reason: endedReason },
    );
  });
  try {
    return await Promise.race([ready, late, ended]);
  } finally {
    done.abort();
    // What lost the race has been told, or does not matter any more.
    late.catch(() => {});
    ended.catch(() => {});
  }
}

interface Asked {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly url: string;
  readonly token: string;
}

/** What may be for want of memory that the running version holds, and says nothing about the new one. */
const excuses = new Set<ErrorCode>(['out-of-memory', 'model-not-found']);

/** The model that was used last; one that has no room beside those that are loaded gives way to the next. */
async function askAny(
  models: readonly string[],
  asked: Asked,
  { signal, onStep }: TrialOptions,
): Promise<string> {
  let excuse: unknown;
  for (const model of models) {
    onStep('asking', model);
    try {
      await ask(model, asked, signal);
      return model;
    } catch (error) {
      if (!excuses.has(MillpondError.from(error).code)) throw error;
      excuse = error;
    }
  }
  throw MillpondError.from(excuse);
}

const answer = z.object({ usage: z.object({ completion_tokens: z.number().min(1) }) });
const refusal = z.object({
  error: z.object({ message: z.string(), code: z.string().nullish() }),
});

async function ask(model: string, { http, url, token }: Asked, signal: AbortSignal) {
  const response = await http.request({
    method: 'POST',
    url: `${url}/v1/chat/completions`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: 'Hello' }],
      max_tokens: 8,
    }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)]),
  });
  const body = asJson(await readBodyText(response));
  if (response.status === 200 && answer.safeParse(body).success) return;
  const { data } = refusal.safeParse(body);
  const why = data?.error.message ?? `it answered with HTTP ${response.status.toString()}`;
  throw new MillpondError(
    codeOf(response.status, data?.error.code),
    `The new version did not answer a chat with ${model}: ${why}`,
    { reason: 'trial-answer' },
  );
}

function codeOf(status: number, code: string | null | undefined): ErrorCode {
  if (code === 'out-of-memory' || code === 'insufficient_memory') return 'out-of-memory';
  if (status === 404) return 'model-not-found';
  return 'unavailable';
}

/** Asks it to end, and ends it if it does not. */
async function end(program: StartedProgram, clock: Clock): Promise<void> {
  program.kill('SIGTERM');
  const cancel = clock.after(stopLimitMs, () => {
    program.kill('SIGKILL');
  });
  await program.exited;
  cancel();
}

/** A version that could not start has said why. */
function inItsWords(thrown: unknown, program: StartedProgram): MillpondError {
  const error = MillpondError.from(thrown);
  if (error.reason !== endedReason) return error;
  const said = program.outputTail().flatMap((line) => refusal.safeParse(asJson(line)).data ?? []);
  const why = said.at(-1)?.error.message;
  if (why === undefined) return error;
  const message = `The new version could not start with a copy of your data: ${withoutSecrets(why)}`;
  return new MillpondError('unavailable', message, { reason: endedReason });
}

/** Its own words, then its log: both are gone with the trial. */
async function outputOf(program: StartedProgram, data: TrialData): Promise<readonly string[]> {
  const said = program.outputTail().slice(-keptLines);
  return [...said, ...(await data.logLines()).slice(-keptLines)].map(withoutSecrets);
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A line for people.
  }
}
