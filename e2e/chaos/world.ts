import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeptMembership } from '../../src-main/testing/pool/enrol-machine.ts';
import { createRelay } from '../../src-main/testing/relay.ts';
import type { Relay } from '../../src-main/testing/relay.ts';
import type { GatewayAddress } from '../../src-main/tunnel/ports.ts';
import { Child } from './child.ts';
import type {
  GatewayQuestion,
  GatewayReady,
  GatewayStart,
  MachineQuestion,
  MachineStart,
  Mutation,
  ScriptedModelOffer,
} from './processes/messages.ts';

/** Held by three machines: an answer of one of them can go on at another. */
export const sharedModel = offer('guide', 'shared weights');
/** Held by one machine alone: an answer can only wait for its return. */
export const loneModel = offer('hermit', 'lone weights');

/** Says that it has the shared weights and has others. */
export const forgedModel: ScriptedModelOffer = { ...sharedModel, weights: 'forged weights' };

const machineModels: Readonly<Record<string, readonly ScriptedModelOffer[]>> = {
  alder: [sharedModel, loneModel],
  birch: [sharedModel],
  cedar: [sharedModel],
};

export interface MachineHandle {
  readonly name: string;
  readonly folder: string;
  readonly models: readonly ScriptedModelOffer[];
  /** Between it and the gateway. */
  readonly relay: Relay;
  child: Child<MachineQuestion>;
  /** Process starts. */
  lives: number;
}

export interface PoolHandle {
  readonly id: string;
  readonly name: string;
  readonly key: string;
}

/** A gateway, machines and cuttable lines between them: real processes, real gRPC, real TLS. */
export class World {
  readonly machines: MachineHandle[] = [];
  pools: readonly PoolHandle[] = [];
  gateway!: Child<GatewayQuestion>;
  ready!: GatewayReady;
  /** Process starts of the gateway. */
  gatewayLives = 0;
  private readonly folder = mkdtempSync(join(tmpdir(), 'millpond-chaos-'));
  private readonly mutation: Mutation | undefined;

  private constructor(mutation: Mutation | undefined) {
    this.mutation = mutation;
  }

  static async open(mutation?: Mutation): Promise<World> {
    const world = new World(mutation);
    try {
      await world.startGateway();
      await Promise.all(Object.keys(machineModels).map((name) => world.addMachine(name)));
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  /** As API clients reach it. */
  get origin(): string {
    return `https://127.0.0.1:${this.ready.port}`;
  }

  machine(name: string): MachineHandle {
    const found = this.machines.find((machine) => machine.name === name);
    if (found === undefined) throw new Error(`There is no machine ${name}`);
    return found;
  }

  /** Joins both pools with a machine that was not there before. */
  async addMachine(name: string, models = machineModels[name] ?? []): Promise<MachineHandle> {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    // The gateway's port is another one after each of its starts.
    const { ready } = this;
    const port = (): number => this.ready.port;
    const relay = await createRelay({
      to: {
        get port() {
          return port();
        },
      },
    });
    const child = await this.startMachine({ folder, name, models });
    const machine: MachineHandle = { name, folder, models, relay, child, lives: 1 };
    this.machines.push(machine);
    const gateway: GatewayAddress = {
      candidates: [`127.0.0.1:${relay.port}`],
      trust: { kind: 'pin', spki: ready.spki },
    };
    for (const { id: poolId } of this.pools) {
      const invite = await this.gateway.ask<string>({ ask: 'invite', poolId, uses: 1 });
      await child.ask({ ask: 'join', poolId, gateway, invite });
    }
    return machine;
  }

  /** The machine begins again, with what it kept. */
  async revive(machine: MachineHandle): Promise<void> {
    if (machine.child.isAlive) return;
    machine.child = await this.startMachine(machine);
    machine.lives += 1;
  }

  /** Killed in the middle of whatever it does, and begun again on the same data. */
  async restartGateway(): Promise<void> {
    await this.gateway.kill();
    await this.startGateway();
  }

  /** What a copy of a machine's disk would hold. */
  copyOf({ folder }: MachineHandle): readonly KeptMembership[] {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.membership.json'))
      .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as KeptMembership);
  }

  async close(): Promise<void> {
    await Promise.all(
      this.machines.map(async ({ child, relay }) => {
        await child.kill();
        await relay.close();
      }),
    );
    await (this.gateway as Child<GatewayQuestion> | undefined)?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async startGateway(): Promise<void> {
    const folder = join(this.folder, 'gateway');
    mkdirSync(folder, { recursive: true });
    const start: GatewayStart = { folder, ...(this.mutation && { mutation: this.mutation }) };
    const started = await Child.start<GatewayQuestion, GatewayReady>('gateway-process.ts', start);
    this.gateway = started.child;
    this.ready = started.ready;
    this.gatewayLives += 1;
    if (this.pools.length > 0) return;
    this.pools = started.ready.pools.map(({ id, name, key = '' }) => ({ id, name, key }));
  }

  private async startMachine(about: Pick<MachineHandle, 'folder' | 'name' | 'models'>) {
    const { folder, name, models } = about;
    const { mutation } = this;
    const start: MachineStart = { ...{ folder, name, models }, ...(mutation && { mutation }) };
    return (await Child.start<MachineQuestion, true>('machine-process.ts', start)).child;
  }
}

function offer(id: string, weights: string): ScriptedModelOffer {
  const digest = Buffer.from(weights.padEnd(32, '.')).toString('hex');
  return { id, weights, digest };
}
