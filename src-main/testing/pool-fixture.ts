import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { PoolMachine } from '../contract/nodes.ts';
import type { Membership } from '../contract/memberships.ts';
import type { SettingsPatch } from '../contract/settings.ts';
import { formatInviteLink, parseInviteLink } from '../tunnel/identity/invite-link.ts';
import type { Alteration } from './altered-runtime.ts';
import { createRelay } from './relay.ts';
import type { Relay } from './relay.ts';
import { writeScriptedModel } from './scripted-gguf.ts';
import type { ScriptedModelOptions } from './scripted-gguf.ts';
import { spawnRuntime } from './spawn-runtime.ts';
import type { SpawnedRuntime } from './spawn-runtime.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { patience } from './patience.ts';

export const poolPassword = 'correct horse battery';

type InviteWish = Omit<Parameters<SpawnedRuntime['control']['pools']['createInvite']>[0], 'id'>;

/** A pool on a runtime of its own; its machines reach it over a line that a test may cut. */
export interface TestPool {
  readonly id: string;
  /** Of this start: `restart` makes another. */
  readonly gateway: SpawnedRuntime;
  /** The line to its public port. */
  readonly relay: Relay;
  /** The public port itself. */
  readonly port: number;
  /** The owner's, for this pool. */
  readonly key: string;
  /** A link whose only address is the relay. */
  invite(wish?: InviteWish): Promise<string>;
  /** The other machines. */
  machines(): Promise<readonly PoolMachine[]>;
  machine(name: string): Promise<PoolMachine | undefined>;
  /** Starts the gateway again in its data folder, after it was killed or stopped. */
  restart(): Promise<void>;
}

/** `models` lie in the gateway's own library, by id. */
export async function openTestPool(
  alteration?: Alteration,
  models: Readonly<Record<string, ScriptedModelOptions>> = {},
): Promise<TestPool> {
  const home = temporaryFolder();
  writeModels(home, models);
  const altered = alteration === undefined ? {} : { alteration };
  const settings = { loadAtStart: false, poolPort: 0, machineName: 'host' };
  let gateway = await spawnRuntime(home, {}, { settings, ...altered });
  const { control } = gateway;
  const { id } = await control.pools.start({ name: 'Lab', password: poolPassword });
  const { reach } = await control.pools.list({});
  const poolPort = reach.port ?? 0;
  // A restart has to come back where its machines look for it.
  await control.settings.update({ poolPort });
  // Nothing of the gateway's own shall answer in place of its machines.
  await control.sharing.wish({ wish: 'pause' });
  const relay = await createRelay({ to: { port: poolPort } });
  onTestFinished(() => relay.close());
  const { key } = await control.server.createKey({ name: 'test', poolId: id });
  const machines = async (): Promise<readonly PoolMachine[]> => {
    const overview = await gateway.control.pools.overview({ id });
    return overview.machines.filter(({ isThisMachine }) => !isThisMachine);
  };
  return {
    ...{ id, relay, key, machines, port: poolPort },
    get gateway() {
      return gateway;
    },
    async invite(wish = {}) {
      const { link } = await gateway.control.pools.createInvite({ id, ...wish });
      return dialling(link, [relay]);
    },
    machine: async (name) => (await machines()).find((each) => each.name === name),
    async restart() {
      gateway = await spawnRuntime(home, {}, altered);
    },
  };
}

/** The same invite by other ways, on loopback; the first is tried first. */
export function dialling(link: string, ways: readonly { readonly port: number }[]): string {
  const invite = parseInviteLink(link);
  const candidates = ways.map(({ port }) => `127.0.0.1:${port}`);
  return formatInviteLink({ ...invite, gateway: { ...invite.gateway, candidates } });
}

export interface MachineOptions {
  readonly name: string;
  /** Models in its library, by id. */
  readonly models?: Readonly<Record<string, ScriptedModelOptions>>;
  readonly settings?: SettingsPatch;
  readonly alteration?: Alteration;
  /** Beside what every program under test gets. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A runtime that is in no pool yet, with models of its own. */
export async function spawnMachine(options: MachineOptions): Promise<SpawnedRuntime> {
  const { name, models = {}, settings, alteration, env = {} } = options;
  const home = temporaryFolder();
  writeModels(home, models);
  return spawnRuntime(home, env, {
    settings: { loadAtStart: false, machineName: name, ...settings },
    ...(alteration && { alteration }),
  });
}

function writeModels(home: string, models: Readonly<Record<string, ScriptedModelOptions>>): void {
  for (const [id, script] of Object.entries(models)) {
    const folder = join(home, 'models', 'test', id);
    mkdirSync(folder, { recursive: true });
    writeScriptedModel(join(folder, `${id}.gguf`), script);
  }
}

/** How its only membership stands. */
export async function membershipOf(machine: SpawnedRuntime): Promise<Membership | undefined> {
  return (await machine.control.memberships.list({})).memberships[0];
}

/**
 * Joins as a person would, by pasting a link, and waits until the pool sees the machine online with so
 * many models (Guide is one of them).
 */
export async function joinPool(
  machine: SpawnedRuntime,
  pool: TestPool,
  { models = 0, link }: { readonly models?: number; readonly link?: string } = {},
): Promise<Membership> {
  const membership = await machine.control.memberships.join({
    link: link ?? (await pool.invite()),
  });
  await vi.waitFor(async () => {
    const seen = (await pool.machines()).find(({ id }) => id === membership.id);
    if (seen?.phase !== 'online' || known(seen).length < models) throw new Error('not yet');
  }, patience);
  return membership;
}

/** Models that are known by their digest: only their answers can be handed over. */
const known = ({ models }: PoolMachine) => models.filter(({ digest }) => digest !== undefined);
