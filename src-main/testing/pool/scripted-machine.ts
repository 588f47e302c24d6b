import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { parseInviteLink } from '../../tunnel/identity/invite-link.ts';
import type { TestPool } from '../pool-fixture.ts';
import { forkCalls } from './remote-calls.ts';
import type { RemoteProcess } from './remote-calls.ts';
import type { ScriptedMachineCalls, ScriptedMachineOptions } from './scripted-machine-process.ts';
import { patience } from '../patience.ts';

const processFile = join(import.meta.dirname, 'scripted-machine-process.ts');

export type ScriptedMachine = RemoteProcess<ScriptedMachineCalls>;

/**
 * A machine of the pool as a process of its own: the real tunnel and the real host in front of an
 * engine that counts (`countedToken`). Resolves when the pool offers its models.
 */
export async function startScriptedMachine(
  pool: TestPool,
  options: Partial<ScriptedMachineOptions> & Pick<ScriptedMachineOptions, 'name'>,
): Promise<ScriptedMachine> {
  const { secret: invite, gateway } = parseInviteLink(await pool.invite());
  const whole = { slots: 4, tokensPerSecond: 50, models: ['count'], invite, gateway, ...options };
  const machine: ScriptedMachine = await forkCalls(processFile, { args: [JSON.stringify(whole)] });
  onTestFinished(() => machine.kill());
  await vi.waitFor(async () => {
    const seen = await pool.machine(options.name);
    if (seen?.phase !== 'online' || seen.models.length === 0) throw new Error('not there yet');
  }, patience);
  return machine;
}
