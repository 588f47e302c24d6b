import { connect } from './connection.ts';
import { exitCodes } from './exit-code.ts';
import type { VerbContext } from './verb.ts';

const words = { ok: 'ok', warning: 'look', problem: 'PROBLEM' } as const;

/** Checks this installation and says what to do about each problem. */
export async function doctor({ deps, output }: VerbContext): Promise<void> {
  const connection = await connect(deps);
  try {
    const { checks } = await connection.client.system.doctor({});
    if (output.isJson) output.json({ checks });
    else output.table(checks.map((check) => [words[check.outcome], check.name, check.detail]));
    if (checks.some((check) => check.outcome === 'problem')) process.exitCode = exitCodes.failure;
  } finally {
    await connection.close();
  }
}
