import { errorFrom } from '../contract/client.ts';
import type { ControlContext, ControlHandlers } from '../contract/control.ts';
import type { Download } from '../contract/downloads.ts';
import type { InstalledModel } from '../contract/models.ts';
import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import type { ListedFile } from '../dialects/ollama/models-response.ts';
import type { ModelPulls, PullProgress } from '../gateway/http/ollama-pull.ts';
import type { Permissions } from '../gateway/people/permissions.ts';

interface OllamaSideDeps {
  readonly handlers: Pick<ControlHandlers, 'downloads' | 'models'>;
  readonly permissions: Pick<Permissions, 'check'>;
  readonly clock: Pick<Clock, 'after'>;
  readonly owner: { readonly personId: string };
}

/** What clients of Ollama may know and do beside asking models: the same calls as the window's. */
export interface OllamaSide {
  /** Models whose files lie on this machine, by their ids. */
  files(): Promise<ReadonlyMap<string, ListedFile>>;
  readonly pulls: ModelPulls;
}

export function createOllamaSide(deps: OllamaSideDeps): OllamaSide {
  const { handlers, permissions, owner } = deps;
  const context: ControlContext = {
    personId: owner.personId,
    sessionId: '',
    peer: { address: '127.0.0.1', isThisMachine: true },
  };
  return {
    async files() {
      const { models } = await handlers.models.list({}, context);
      return new Map(models.flatMap((model) => listed(model)));
    },
    pulls: {
      mayPull: (personId) => isAllowed(permissions, personId),
      pullModel: (name, signal) => followPull(deps, context, { name, signal }),
    },
  };
}

function isAllowed(permissions: Pick<Permissions, 'check'>, personId: string): boolean {
  try {
    permissions.check(personId, { section: 'downloads', name: 'start' }, {});
    return true;
  } catch {
    // Whatever speaks against it, the caller is told in this API's own words.
    return false;
  }
}

function listed(model: InstalledModel): readonly (readonly [string, ListedFile])[] {
  const { id, format, sizeBytes, architecture, trainedContextLength } = model;
  if (format === undefined || sizeBytes === undefined || architecture === undefined) return [];
  const { digest, quantization, parameterCount } = model;
  return [
    [
      id,
      {
        ...{ format, sizeBytes },
        ...(digest !== undefined && { digest }),
        facts: {
          ...{ architecture, displayName: model.name },
          ...(quantization !== undefined && { quantization }),
          ...(parameterCount !== undefined && { parameterCount }),
          ...(trainedContextLength !== undefined && { trainedContextLength }),
        },
      },
    ],
  ];
}

const pollMs = 250;

/** Ends when the model is here. Whoever leaves stops it; what has arrived is kept for the next time. */
async function* followPull(
  { handlers, clock }: OllamaSideDeps,
  context: ControlContext,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
): AsyncGenerator<PullProgress, void, undefined> {
  const { downloads } = handlers;
  let current = await downloads.start({ name }, context);
  const { id } = current;
  if (current.state === 'paused') current = await downloads.resume({ id }, context);
  let isOver = false;
  try {
    for (;;) {
      yield progressOf(current);
      isOver = current.state === 'done' || current.state === 'failed';
      if (isOver) break;
      await pause(clock, signal);
      const list = await downloads.list({}, context);
      const next = list.downloads.find((each) => each.id === id);
      if (next === undefined) throw new MillpondError('cancelled', `${current.name} was cancelled`);
      current = next;
    }
  } finally {
    if (!isOver) await downloads.pause({ id }, context);
  }
  if (current.state !== 'failed') return;
  throw current.error === undefined
    ? new MillpondError('unavailable', `${current.name} could not be fetched`)
    : errorFrom(current.error);
}

function progressOf({ state, name, totalBytes, doneBytes }: Download): PullProgress {
  const status = state === 'verifying' ? 'verifying sha256 digest' : `pulling ${name}`;
  return { status, totalBytes, completedBytes: doneBytes };
}

function pause(clock: Pick<Clock, 'after'>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      stop();
      reject(new MillpondError('cancelled', 'The caller left before the end'));
    };
    const stop = clock.after(pollMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
