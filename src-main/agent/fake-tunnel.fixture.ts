import { MillpondError } from '../core/error.ts';
import type { InferenceBackend, InferenceChunk } from '../core/inference.ts';
import type {
  MembershipGrant,
  NodeHost,
  PoolNews,
  StoredMembership,
  TunnelState,
} from '../tunnel/ports.ts';
import type { Invite, Joined, PoolConnection, Tunnel } from './ports.ts';

/** One connection that a test plays the gateway of. */
export interface FakeConnection {
  readonly membership: StoredMembership;
  readonly privateKey: string;
  readonly host: NodeHost;
  readonly persistEpoch: (epoch: number) => Promise<void>;
  /** What was called on it, in order. */
  readonly calls: readonly string[];
  enter(state: TunnelState): void;
  tell(news: PoolNews): void;
  /** The gateway says something else about the membership. */
  become(membership: Partial<MembershipGrant>): void;
}

export const invite: Invite = {
  secret: 'the secret part',
  poolName: 'Mill Lane',
  gatewayName: 'mill',
  ownerName: 'Ada',
  gateway: { candidates: ['192.0.2.1:8443'], trust: { kind: 'pin', spki: 'spki-1' } },
  rights: 'serve-and-ask',
  role: 'member',
};

/** A tunnel whose links are JSON invites; joining makes memberships with counted ids. */
export function fakeTunnel() {
  const connections: FakeConnection[] = [];
  const enrolments: { readonly secret: string; readonly deviceName: string }[] = [];
  const knocks: PromiseWithResolvers<Joined>[] = [];
  const script: { refusal?: MillpondError; grant: Partial<MembershipGrant> } = { grant: {} };
  let keys = 0;

  function grantFor(poolName: string): MembershipGrant {
    const number = String(enrolments.length + knocks.length);
    return {
      ...{ membershipId: `membership-${number}`, poolId: `pool-${number}`, poolName },
      ...{ gatewayName: 'mill', personName: 'Bo', role: 'member', trust: 'trusted' },
      ...{ mayServe: true, mayAsk: true, ...script.grant },
    };
  }

  const tunnel: Tunnel = {
    readInvite(link) {
      if (!link.startsWith('{')) {
        throw new MillpondError('invalid-request', 'This is not a Millpond invite');
      }
      return { ...invite, ...(JSON.parse(link) as Partial<Invite>) };
    },
    fingerprintWords: ({ trust }) => (trust.kind === 'pin' ? ['apple', 'river'] : undefined),
    createIdentity() {
      keys += 1;
      return Promise.resolve({
        publicKey: new Uint8Array(32),
        privateKey: `private-${String(keys)}`,
      });
    },
    enrol({ secret, poolName, gateway }, _identity, { deviceName }) {
      if (script.refusal !== undefined) return Promise.reject(script.refusal);
      enrolments.push({ secret, deviceName });
      return Promise.resolve({ grant: grantFor(poolName), gateway });
    },
    knock(_gateway, _identity, _names, { signal, onWords }) {
      onWords(['cat', 'door']);
      const answer: PromiseWithResolvers<Joined> = Promise.withResolvers();
      signal.addEventListener('abort', () => {
        answer.reject(signal.reason);
      });
      knocks.push(answer);
      return answer.promise;
    },
    connect(options) {
      const connection = createConnection(options);
      connections.push(connection.gateway);
      return connection.machine;
    },
  };
  return { tunnel, connections, enrolments, knocks, script, grantFor };
}

/** Says the same to everybody. */
const poolBackend: InferenceBackend = {
  async *infer(): AsyncGenerator<InferenceChunk> {
    const usage = {
      ...{ promptTokens: 1, cachedTokens: 0, completionTokens: 3, reasoningTokens: 0 },
    };
    yield await Promise.resolve({ type: 'text', text: 'from the pool', usage });
  },
};

function createConnection(options: Parameters<Tunnel['connect']>[0]): {
  readonly gateway: FakeConnection;
  readonly machine: PoolConnection;
} {
  const stateListeners = new Set<() => void>();
  const newsListeners = new Set<() => void>();
  const calls: string[] = [];
  let state: TunnelState = { phase: 'idle' };
  let news: PoolNews | undefined;
  let { membership } = options;
  const note = (call: string): void => void calls.push(call);
  return {
    gateway: {
      ...options,
      calls,
      enter(next) {
        state = next;
        for (const listener of stateListeners) listener();
      },
      tell(next) {
        news = next;
        for (const listener of newsListeners) listener();
      },
      become(change) {
        membership = { ...membership, ...change };
      },
    },
    machine: {
      backend: poolBackend,
      start: () => {
        note('start');
      },
      stop: () => {
        note('stop');
        return Promise.resolve();
      },
      reconnectNow: () => {
        note('reconnect');
      },
      reportError: ({ code, message }) => {
        note(`report ${code}: ${message}`);
      },
      drain: () => {
        note('drain');
        return Promise.resolve();
      },
      state: () => state,
      news: () => news,
      membership: () => membership,
      onState(listener) {
        stateListeners.add(listener);
        return () => void stateListeners.delete(listener);
      },
      onNews(listener) {
        newsListeners.add(listener);
        return () => void newsListeners.delete(listener);
      },
    },
  };
}
