import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayAddress } from '../../src-main/tunnel/ports.ts';
import { connectOldEpoch, relayNonce, sendForgedFrames, sendGarbage } from './hostile.ts';
import type { Fault } from './plan.ts';
import type { MachineHandle, World } from './world.ts';

/** Makes it go wrong; resolves when it is over, with a problem where the gateway took it wrongly. */
export async function inflict(
  fault: Fault,
  world: World,
  answering: string | undefined,
): Promise<string | undefined> {
  const { kind, lastsMs, variant } = fault;
  const machine = world.machine(fault.machine);
  switch (kind) {
    case 'kill-machine':
      await killMachine(world, answering === undefined ? machine : world.machine(answering));
      return undefined;
    case 'kill-gateway':
      await world.restartGateway();
      return undefined;
    case 'dies-when-asked':
      await machine.child.ask({ ask: 'die-when-asked', isArmed: true }).catch(ignoreDeath);
      return undefined;
    case 'refuses-when-asked':
      await machine.child.ask({ ask: 'refuse-answers', isRefusing: true }).catch(ignoreDeath);
      await sleep(lastsMs);
      return undefined;
    case 'short-cut':
      machine.relay.cut();
      return undefined;
    case 'silent-cut':
      machine.relay.hold();
      await sleep(lastsMs);
      machine.relay.heal();
      return undefined;
    case 'half-open':
      machine.relay.halfOpen(variant % 2 === 0 ? 'up' : 'down');
      await sleep(lastsMs);
      machine.relay.heal();
      return undefined;
    case 'slow-line':
      machine.relay.slow(slowBytesPerSecond);
      await sleep(lastsMs);
      machine.relay.heal();
      return undefined;
    case 'reconnect-storm':
      await cutEverybody(world, variant);
      return undefined;
    case 'clock-jump':
      await jumpClock(fault, world, machine);
      return undefined;
    case 'stalled-caller':
    case 'leaving-caller':
      return undefined; // The caller does it itself.
    case 'old-epoch':
      return connectOldEpoch(copyOf(world, machine, variant), addressOf(world));
    case 'forged-frames':
      return sendForgedFrames(copyOf(world, machine, variant), addressOf(world));
    case 'relayed-nonce':
      return relayNonce(copyOf(world, machine, variant), addressOf(world));
    case 'garbage':
      return sendGarbage(world.ready.port);
  }
}

/** An answer of a few hundred tokens a second just does not pass. */
const slowBytesPerSecond = 12_000;
const dayMs = 24 * 60 * 60_000;

async function killMachine(world: World, machine: MachineHandle): Promise<void> {
  await machine.child.kill();
  await world.revive(machine);
}

async function cutEverybody({ machines }: World, variant: number): Promise<void> {
  for (const { relay } of machines) relay.cut();
  await sleep(variant / 2);
  for (const { relay } of machines) relay.cut();
}

/** A day forwards or back, as when a computer finds the network's time. */
async function jumpClock(
  { variant, lastsMs }: Fault,
  world: World,
  machine: MachineHandle,
): Promise<void> {
  const byMs = variant % 2 === 0 ? dayMs : -dayMs;
  const child = variant % 4 < 2 ? world.gateway : machine.child;
  const shift = (ms: number): Promise<unknown> =>
    child.ask({ ask: 'shift-clock', byMs: ms }).catch(ignoreDeath);
  await shift(byMs);
  await sleep(lastsMs);
  await shift(-byMs);
}

/** Another fault of the same seed was faster. */
function ignoreDeath(): void {}

function addressOf({ ready }: World): GatewayAddress {
  return {
    candidates: [`127.0.0.1:${ready.port}`],
    trust: { kind: 'pin', spki: ready.spki },
  };
}

function copyOf(world: World, machine: MachineHandle, variant: number) {
  const copies = world.copyOf(machine);
  const copy = copies[variant % copies.length];
  if (copy === undefined) throw new Error(`${machine.name} is in no pool`);
  return copy;
}
