import type { InferenceBackend, RequestEnvelope } from '../core/inference.ts';
import type { ModelRates } from '../core/node.ts';
import { createNodes, type NodesDeps } from '../gateway/nodes/create-nodes.ts';
import type { Nodes } from '../gateway/nodes/nodes.ts';
import type {
  GatewayMachine,
  LedgerEntry,
  LiveAsk,
  NodeProof,
  NodesStores,
  PoolDevice,
  StoredMachine,
  StoredPoolEvent,
  StoredRate,
} from '../gateway/nodes/ports.ts';
import type { KnownMembership } from '../tunnel/ports.ts';
import { TunnelRefusal } from '../tunnel/refusal.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { silentLogger } from './gateway-fixture.ts';
import { chatRequest } from './inference-requests.ts';

/** The machines' side of a gateway, with people, rates and stores that a test writes down. */
export interface NodesFixture {
  readonly clock: FakeClock;
  readonly nodes: Nodes;
  readonly stores: MemoryNodesStores;
  readonly asks: LiveAsk[];
  readonly rates: Map<string, ModelRates>;
  /** Makes a membership, or changes it. */
  device(change: Partial<PoolDevice> & Pick<PoolDevice, 'membershipId'>): PoolDevice;
  revoke(id: string, refusal?: TunnelRefusal): void;
  /** What a person may ask. */
  allow(personId: string, models: readonly string[]): void;
  share(machine: GatewayMachine | undefined): void;
  quarantine(machineId: string, digest: string, problem: string): void;
}

interface NodesScript {
  readonly pools?: readonly { readonly id: string; readonly name: string }[];
  readonly devices?: readonly (Partial<PoolDevice> & Pick<PoolDevice, 'membershipId'>)[];
  readonly stores?: MemoryNodesStores;
  readonly clock?: FakeClock;
  readonly creditMicros?: NonNullable<NodesDeps['creditMicros']>;
}

export async function openTestNodes(script: NodesScript = {}): Promise<NodesFixture> {
  const { clock = createFakeClock(), stores = createMemoryNodesStores() } = script;
  const people = createScriptedPeople(script);
  const rates = new Map<string, ModelRates>();
  const asks: LiveAsk[] = [];
  const own = createScriptedGatewayMachine();
  const proofs = createScriptedProofs();
  const nodes = await createNodes({
    ...{ clock, stores },
    logger: silentLogger,
    people: people.port,
    rates: { of: (upstreamId, modelKey) => rates.get(`${upstreamId} ${modelKey}`) },
    asks: { list: () => asks },
    proofs: proofs.port,
    gatewayMachine: own.port,
    ...(script.creditMicros && { creditMicros: script.creditMicros }),
  });
  return {
    ...{ clock, nodes, stores, asks, rates },
    device: (change) => people.device(change),
    revoke: (id, refusal) => {
      people.revoke(id, refusal);
    },
    allow: (personId, models) => {
      people.allow(personId, models);
    },
    share: (machine) => {
      own.share(machine);
    },
    quarantine: (machineId, digest, problem) => {
      proofs.quarantine(machineId, digest, problem);
    },
  };
}

function createScriptedPeople(script: NodesScript) {
  const { pools = [{ id: 'home', name: 'Home' }], devices: first = [] } = script;
  const devices = new Map<string, PoolDevice>();
  const rights = new Map<string, readonly string[]>();
  const changed = new Set<() => void>();
  const memberships = new Set<(membership: KnownMembership) => void>();
  const ended = new Set<(id: string, refusal: TunnelRefusal) => void>();

  function device(change: Parameters<NodesFixture['device']>[0]): PoolDevice {
    const { membershipId } = change;
    const next = { ...deviceOf(membershipId), ...devices.get(membershipId), ...change };
    devices.set(membershipId, next);
    for (const listener of memberships) listener(next);
    for (const listener of changed) listener();
    return next;
  }

  for (const each of first) device(each);
  const port: NodesDeps['people'] = {
    pools: () => pools,
    device: (id) => devices.get(id),
    devices: (poolId) => [...devices.values()].filter((each) => each.poolId === poolId),
    nameOf: (personId) => personId.toUpperCase(),
    modelsOf: (personId) => rights.get(personId),
    seen: () => undefined,
    onChanged: (listener) => listening(changed, listener),
    onMembershipChanged: (listener) => listening(memberships, listener),
    onMembershipEnded: (listener) => listening(ended, listener),
  };
  return {
    port,
    device,
    revoke(id: string, refusal = new TunnelRefusal('membership-revoked', 'Ask for an invite')) {
      devices.delete(id);
      for (const listener of ended) listener(id, refusal);
    },
    allow(personId: string, models: readonly string[]) {
      rights.set(personId, models);
      for (const listener of changed) listener();
    },
  };
}

function deviceOf(membershipId: string): PoolDevice {
  return {
    membershipId,
    ...{ poolId: 'home', poolName: 'Home', gatewayName: 'hub' },
    ...{ personId: 'anna', personName: 'Anna', role: 'member', trust: 'trusted' },
    ...{ mayServe: true, mayAsk: true, epoch: 1, name: membershipId },
    publicKey: new Uint8Array(32),
  };
}

function createScriptedGatewayMachine() {
  const listeners = new Set<() => void>();
  let current: GatewayMachine | undefined;
  const port: NodesDeps['gatewayMachine'] = {
    current: () => current,
    onChanged: (listener) => listening(listeners, listener),
  };
  return {
    port,
    share(machine: GatewayMachine | undefined) {
      current = machine;
      for (const listener of listeners) listener();
    },
  };
}

function createScriptedProofs() {
  const verdicts = new Map<string, NodeProof>();
  const listeners = new Set<(machineId: string) => void>();
  const of = (machineId: string, digest = ''): NodeProof =>
    verdicts.get(`${machineId} ${digest}`) ?? { state: 'unverified' };
  const tell = (machineId: string): void => {
    for (const listener of listeners) listener(machineId);
  };
  const port: NodesDeps['proofs'] = {
    of: (machineId, { digest }) => of(machineId, digest),
    isQuarantined: (machineId, { digest }) => of(machineId, digest).state === 'quarantined',
    forget(machineId) {
      for (const key of verdicts.keys()) if (key.startsWith(machineId)) verdicts.delete(key);
      tell(machineId);
    },
    onChanged: (listener) => listening(listeners, listener),
  };
  return {
    port,
    quarantine(machineId: string, digest: string, problem: string) {
      verdicts.set(`${machineId} ${digest}`, { state: 'quarantined', problem });
      tell(machineId);
    },
  };
}

export interface MemoryNodesStores extends NodesStores {
  readonly entries: readonly LedgerEntry[];
}

/** The stores without a database; kept over a simulated restart. */
export function createMemoryNodesStores(): MemoryNodesStores {
  const entries: LedgerEntry[] = [];
  const events: StoredPoolEvent[] = [];
  const machines = new Map<string, StoredMachine>();
  let rates: readonly StoredRate[] = [];
  return {
    entries,
    ledger: {
      add: (added) => Promise.resolve(void entries.push(...added)),
      since: (day, poolId) =>
        Promise.resolve(
          entries.filter(
            (entry) => entry.day >= day && (poolId === undefined || entry.poolId === poolId),
          ),
        ),
      totals: () => Promise.resolve(entries.map((entry) => ({ ...entry, day: '', keyId: '' }))),
    },
    events: {
      append: (added) => Promise.resolve(void events.push(...added)),
      newest: (perPool) => Promise.resolve(events.toReversed().slice(0, perPool)),
      prune: () => Promise.resolve(),
    },
    machines: {
      list: () => Promise.resolve([...machines.values()]),
      save: (saved) => {
        for (const machine of saved) machines.set(machine.membershipId, machine);
        return Promise.resolve();
      },
      remove: (id) => Promise.resolve(void machines.delete(id)),
    },
    rates: {
      list: () => Promise.resolve(rates),
      replace: (next) => {
        rates = next;
        return Promise.resolve();
      },
    },
  };
}

/** A request from the pool `home`. */
export function poolRequest(model: string, envelope: Partial<RequestEnvelope> = {}) {
  return chatRequest('hello', {
    envelope: { model, pools: ['home'], privacy: 'trusted', ...envelope },
  });
}

/** Answers nothing, for machines that are only looked at. */
export const silentBackend: InferenceBackend = {
  infer: () => {
    throw new Error('nobody answers here');
  },
};

function listening<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
