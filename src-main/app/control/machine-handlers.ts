import type { ControlHandlers } from '../../contract/control.ts';
import { givenFields } from './given-fields.ts';
import type { PoolHandlersDeps } from './pool-handlers.ts';

/** Longer than a load may take, shorter than anybody looks at a page. */
const commandWithinMs = 60_000;

/** One machine of a pool. */
export function createMachineHandlers(deps: PoolHandlersDeps) {
  const { people, nodes } = deps;
  return {
    machine: ({ id }) => nodes.machine(id),
    async updateMachine({ id, ...changes }) {
      const { machine } = nodes.machine(id);
      if (!machine.isThisMachine) await people.devices.update(id, givenFields(changes));
      else if (changes.name !== undefined) await deps.renameThisMachine(changes.name);
      return nodes.machine(id).machine;
    },
    async drainMachine({ id }) {
      await nodes.drain(id);
      return {};
    },
    async revokeMachine({ id }) {
      await people.devices.revoke(id);
      return {};
    },
    async commandMachine({ id, command }) {
      await nodes.command(id, command, AbortSignal.timeout(commandWithinMs));
      return {};
    },
    probeMachine({ id }) {
      nodes.probe(id);
      return {};
    },
  } satisfies Partial<ControlHandlers['pools']>;
}
