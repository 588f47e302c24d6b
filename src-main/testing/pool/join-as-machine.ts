import { createNodeHost } from '../../agent/node-host.ts';
import type { MachineFacts, SharedEngines } from '../../agent/ports.ts';
import { RemoteRuns } from '../../agent/remote-runs.ts';
import { UploadLimit } from '../../agent/upload-limit.ts';
import { defaultSettings } from '../../contract/settings.ts';
import type { Clock } from '../../core/clock.ts';
import type { SharingState } from '../../core/node.ts';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { silentLogger } from '../../platform/logger.ts';
import { TunnelClient } from '../../tunnel/client/tunnel-client.ts';
import type { TunnelClientDeps } from '../../tunnel/client/tunnel-client.ts';
import type { GatewayAddress, TunnelState } from '../../tunnel/ports.ts';
import { enrolMachine } from './enrol-machine.ts';
import type { KeptMembership } from './enrol-machine.ts';

export interface MachineOptions {
  /** As its owner calls it. */
  readonly name: string;
  readonly gateway: GatewayAddress;
  readonly invite: string;
  readonly engines: SharedEngines;
  readonly clock: Clock;
  /** Answers for others at a time. */
  readonly answersAtOnce: number;
  /** A membership that was made before, with its key; absent: the invite makes one. */
  readonly known?: KeptMembership;
  readonly deps?: Partial<TunnelClientDeps>;
}

export interface JoinedMachine {
  readonly client: TunnelClient;
  readonly membershipId: string;
  readonly privateKey: string;
}

const alwaysSharing: SharingState = { phase: 'sharing', reason: '', since: 0 };

/** Lets a machine in over the real tunnel, with the real host in front of its engines. Not started. */
export async function joinAsMachine(options: MachineOptions): Promise<JoinedMachine> {
  const { clock, engines, name, answersAtOnce } = options;
  const register = createConnectionRegister(clock);
  const { signal } = new AbortController();
  const { membership, privateKey } =
    options.known ?? (await enrolMachine({ ...options, register, signal }));
  const limits = { ...defaultSettings.sharing.limits, answersAtOnce };
  const runs = new RemoteRuns({
    upload: new UploadLimit(clock, () => 0),
    onChanged: () => {},
    onEnded: () => {},
  });
  const host = createNodeHost({
    machine: factsOf(name),
    engines,
    sharing: { state: () => alwaysSharing, limits: () => limits, runs, onChanged: () => () => {} },
    poolId: membership.poolId,
    isOffered: () => true,
  });
  const client = new TunnelClient({
    ...{ membership, privateKey, host, clock, register },
    gatewayId: `gateway of ${name}`,
    logger: silentLogger,
    persistEpoch: () => Promise.resolve(),
    ...options.deps,
  });
  return { client, membershipId: membership.membershipId, privateKey };
}

/** Resolves when the link is in that phase; rejects when it is closed for good instead. */
export function untilPhase(client: TunnelClient, phase: TunnelState['phase']): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const state = client.state();
      if (state.phase !== phase && state.phase !== 'closed') return;
      stop();
      if (state.phase === phase) resolve();
      else reject(new Error(`The link closed: ${JSON.stringify(state)}`));
    };
    const stop = client.onState(look);
    look();
  });
}

function factsOf(name: string): MachineFacts {
  return {
    name: () => name,
    hardware: () => ({
      ...{ platform: 'linux', osName: 'Linux', cpuModel: 'simulated', physicalCores: 8 },
      ...{ totalMemoryBytes: 16e9, hasUnifiedMemory: false, gpus: [] },
    }),
    versions: () => ({ millpond: '0.0.0-test' }),
    load: () => ({}),
    onChanged: () => () => {},
  };
}
