import type { Clock } from '../../core/clock.ts';
import type { InferenceBackend, InferenceRequest } from '../../core/inference.ts';
import type {
  AdvertisedModel,
  NodeAdvert,
  NodeCommand,
  NodeLoad,
  SlotContents,
} from '../../core/node.ts';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import type { ConnectionRegister } from '../../platform/http/connection-register.ts';
import { silentLogger } from '../../platform/logger.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import { createIdentity } from '../identity/identity.ts';
import type {
  Admission,
  GatewayAddress,
  NodeHost,
  StoredMembership,
  TunnelState,
} from '../ports.ts';
import { knownMembership, testGrant } from './memory-gate.fixture.ts';
import type { TestGateway } from './gateway.fixture.ts';
import { TunnelClient } from './tunnel-client.ts';
import type { TunnelClientDeps } from './tunnel-client.ts';

/** A machine whose engine is a script. */
export interface TestHost extends NodeHost {
  advertised: NodeAdvert | undefined;
  held: readonly SlotContents[];
  readonly admitted: InferenceRequest[];
  readonly commands: NodeCommand[];
  advertChanged(): void;
}

export function createTestHost(
  options: { readonly backend?: InferenceBackend; readonly admit?: NodeHost['admit'] } = {},
): TestHost {
  const backend = options.backend ?? createScriptedBackend(() => saying('from', ' the', ' node'));
  const listeners = new Set<() => void>();
  const admitted: InferenceRequest[] = [];
  const commands: NodeCommand[] = [];
  const load: NodeLoad = { models: [], isOwnerActive: false };
  const host: TestHost = {
    advertised: testAdvert(),
    held: [],
    admitted,
    commands,
    advert: () => host.advertised,
    load: () => load,
    slots: () => host.held,
    admit(request): Admission {
      admitted.push(request);
      if (options.admit !== undefined) return options.admit(request);
      return { ok: true, infer: (inferOptions) => backend.infer(request, inferOptions) };
    },
    command(command) {
      commands.push(command);
      return Promise.resolve();
    },
    onAdvertChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onSlotsChanged: () => () => {},
    advertChanged() {
      for (const listener of listeners) listener();
    },
  };
  return host;
}

const guide: AdvertisedModel = {
  id: 'guide',
  name: 'Guide',
  digest: 'd'.repeat(64),
  contextLength: 4096,
  capabilities: {
    chat: true,
    completion: true,
    embedding: false,
    rerank: false,
    tools: false,
    reasoning: false,
    vision: false,
    continuation: true,
  },
  slots: 8,
  state: { phase: 'ready' },
};

export function testAdvert(change: Partial<NodeAdvert> = {}): NodeAdvert {
  return {
    name: 'den',
    hardware: {
      platform: 'linux',
      osName: 'Debian 13',
      cpuModel: 'Test CPU',
      physicalCores: 2,
      totalMemoryBytes: 8e9,
      hasUnifiedMemory: false,
      gpus: [],
    },
    models: [guide],
    versions: { millpond: '0.1.0' },
    sharing: { phase: 'sharing', reason: '', since: 0 },
    allowedCommands: [],
    ...change,
  };
}

export interface TestNode {
  readonly client: TunnelClient;
  readonly host: TestHost;
  readonly register: ConnectionRegister;
  readonly persisted: number[];
  /** Phases in the order in which they came. */
  readonly phases: TunnelState['phase'][];
  until<P extends TunnelState['phase']>(phase: P): Promise<Extract<TunnelState, { phase: P }>>;
}

export interface TestNodeOptions {
  readonly gateway?: GatewayAddress;
  readonly clock?: Clock;
  readonly host?: TestHost;
  readonly epoch?: number;
  readonly deps?: Partial<TunnelClientDeps>;
}

/** A machine that has joined `gateway`, not started yet. */
export function joinedNode(gateway: TestGateway, options: TestNodeOptions = {}): TestNode {
  const { publicKey, privateKey } = createIdentity();
  const grant = testGrant();
  gateway.gate.memberships.set(grant.membershipId, knownMembership(grant, publicKey));
  const membership: StoredMembership = {
    ...grant,
    gateway: options.gateway ?? gateway.address,
    epoch: options.epoch ?? 0,
    joinedAt: 0,
  };
  return nodeOf(membership, privateKey, options);
}

export function nodeOf(
  membership: StoredMembership,
  privateKey: string,
  options: TestNodeOptions = {},
): TestNode {
  const host = options.host ?? createTestHost();
  const clock = options.clock ?? systemClock;
  const register = createConnectionRegister(clock);
  const persisted: number[] = [];
  const phases: TunnelState['phase'][] = [];
  const client = new TunnelClient({
    membership,
    privateKey,
    host,
    clock,
    register,
    gatewayId: 'own-gateway',
    logger: silentLogger,
    random: () => 0,
    persistEpoch(epoch) {
      persisted.push(epoch);
      return Promise.resolve();
    },
    ...options.deps,
  });
  client.onState(() => phases.push(client.state().phase));
  return {
    client,
    host,
    register,
    persisted,
    phases,
    until: (phase) =>
      new Promise((resolve) => {
        const look = (): void => {
          const state = client.state();
          if (!isIn(state, phase)) return;
          stop();
          resolve(state);
        };
        const stop = client.onState(look);
        look();
      }),
  };
}

function isIn<P extends TunnelState['phase']>(
  state: TunnelState,
  phase: P,
): state is Extract<TunnelState, { phase: P }> {
  return state.phase === phase;
}
