import { MillpondError } from '../../core/error.ts';
import type { NodeCommand, NodeCommandKind } from '../../core/node.ts';
import type { Machine } from './machine.ts';

const verbs: Readonly<Record<NodeCommandKind, string>> = {
  load: 'load',
  unload: 'unload',
  download: 'download',
};

/**
 * Asks a machine to load, unload or download a model. Throws `conflict` while it is away and
 * `forbidden` when its owner does not allow that.
 */
export async function commandMachine(
  machine: Machine,
  command: NodeCommand,
  signal: AbortSignal,
): Promise<void> {
  const { report, link, device } = machine;
  if (machine.isThisMachine) {
    throw new MillpondError(
      'conflict',
      `${device.name} runs this gateway: manage its models on My Models`,
    );
  }
  if (!report || !link) {
    throw new MillpondError(
      'conflict',
      `${device.name} is not connected; try again when it is back`,
    );
  }
  if (!report.advert.allowedCommands.includes(command.kind)) {
    throw new MillpondError(
      'forbidden',
      `The owner of ${device.name} does not let the pool ${verbs[command.kind]} models; it can be allowed there under Sharing`,
    );
  }
  await link.command(command, signal);
}
