import type { ControlClient } from '../contract/control.ts';
import type { InstalledModel } from '../contract/models.ts';
import { MillpondError } from '../core/error.ts';
import { connect } from './connection.ts';
import { formatBytes } from './output.ts';
import type { Output } from './output.ts';
import type { VerbContext } from './verb.ts';

const pollMs = 250;

type Check = NonNullable<InstalledModel['check']>;
type Verdict = Extract<Check, { phase: 'sound' | 'damaged' }>;

/** Reads a model's files and compares them with what they should be; `repair` fetches what is damaged. */
export async function verify(
  { deps, output }: VerbContext,
  name: string,
  options: { readonly repair?: boolean },
): Promise<void> {
  const connection = await connect(deps);
  try {
    const { client } = connection;
    const { id } = await client.models.get({ name });
    await client.models.verify({ id });
    let verdict = await waitForVerdict(client, id, output, deps.interrupted);
    if (verdict.phase === 'damaged' && verdict.canRepair && options.repair) {
      await client.models.repair({ id });
      verdict = await waitForVerdict(client, id, output, deps.interrupted);
    }
    report(id, verdict, output);
  } finally {
    await connection.close();
  }
}

async function waitForVerdict(
  client: ControlClient,
  id: string,
  output: Output,
  signal: AbortSignal,
): Promise<Verdict> {
  for (;;) {
    signal.throwIfAborted();
    const { check } = await client.models.get({ name: id });
    if (check?.phase === 'sound' || check?.phase === 'damaged') {
      output.clearProgress();
      return check;
    }
    const label = check?.phase === 'repairing' ? 'Repairing' : 'Reading';
    output.progress(`${label} ${id}`, check?.share ?? 0);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function report(id: string, verdict: Verdict, output: Output): void {
  if (verdict.phase === 'damaged') {
    const help = verdict.canRepair
      ? `millpond verify ${id} --repair fetches only the damaged parts`
      : 'download it again';
    throw new MillpondError(
      'model-load-failed',
      `${formatBytes(verdict.badBytes)} of ${id} are damaged; ${help}`,
    );
  }
  if (output.isJson) output.json({ id, ...verdict });
  else if (verdict.isKnown) output.line(`${id} is exactly what it should be`);
  else
    output.line(
      `${id} can be read to its end; nobody knows its checksum, so that is all there is to say`,
    );
}
