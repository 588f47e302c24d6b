import type { GatewayServices } from './build-gateway.ts';
import type { ControlHandlers } from '../contract/control.ts';
import type { HttpClient } from '../core/http.ts';
import type { Clock } from '../core/clock.ts';
import type { StreamTiming } from '../gateway/http/send-stream.ts';
import type { AlertStore } from '../gateway/alerts/ports.ts';
import type { AuditStore } from '../gateway/audit/ports.ts';
import type { AliasStore } from '../gateway/aliases/ports.ts';
import type {
  ModelLimitStore,
  QuotaStore,
  RateStore as LimitRateStore,
} from '../gateway/limits/ports.ts';
import type { ProviderStore, Secrets } from '../gateway/providers/ports.ts';
import type { PriceStore, UsageStore } from '../gateway/usage/ports.ts';
import type {
  GatewayMachineSource,
  NodesStores,
  ProofStore,
  RateStore,
} from '../gateway/nodes/ports.ts';
import type { GatewayIdentity } from '../gateway/people/gateway-identity.ts';
import type { PeopleStore } from '../gateway/people/ports.ts';
import type { JoinedPools } from '../gateway/people/scopes.ts';
import type {
  ApiKeyStore,
  GatewayPreferences,
  RequestLogStore,
  SessionStore,
  UpstreamDirectory,
} from '../gateway/ports.ts';
import type { ResponseStore } from '../gateway/responses/ports.ts';
import type { Outgoing } from '../platform/http/outgoing.ts';
import type { Logger } from '../platform/logger.ts';
import type { Arrival } from '../tunnel/reach/ports.ts';
import type { ProxyListen, PublicDoorDeps, TunnelTuning } from './pool/public-door.ts';

/** What a gateway needs to hold pools, and to reach those of others. */
export interface PoolSide {
  readonly identity: GatewayIdentity;
  /** As others see this gateway. */
  readonly gatewayName: () => string;
  /** Nobody sits at this machine: the owner's password is set at the public port. */
  readonly isHeadless: boolean;
  /** Host names and addresses that lead to the public port. */
  readonly publicNames: () => readonly string[];
  /** A plain port for a reverse proxy besides the public one. */
  readonly proxy?: ProxyListen;
  /** Where a certificate of the owner's own lies, for the public name; see `PublicDoorDeps`. */
  readonly certificateFiles?: PublicDoorDeps['certificateFiles'];
  /** Somebody came in over the public port. */
  readonly onArrival: (arrival: Arrival) => void;
  /** This machine as visitors of its own pools may use it. */
  readonly ownMachine: GatewayMachineSource;
  /** Pools that this app has joined. */
  readonly joined: UpstreamDirectory;
  readonly joinedPools: JoinedPools;
  /** Of a model of this machine; undefined until it has been computed. */
  readonly digestOf: (id: string) => string | undefined;
  /** From the first pool on others reach this gateway: opens the port and turns keyless off. */
  readonly beforeFirstPool: () => Promise<void>;
}

export interface GatewayDeps {
  readonly directory: UpstreamDirectory;
  readonly stores: {
    readonly keys: ApiKeyStore;
    readonly sessions: SessionStore;
    readonly requestLog: RequestLogStore;
    readonly providers: ProviderStore;
    readonly aliases: AliasStore;
    readonly prices: PriceStore;
    readonly usage: UsageStore;
    readonly limits: {
      readonly quotas: QuotaStore;
      readonly rates: LimitRateStore;
      readonly models: ModelLimitStore;
    };
    readonly people: PeopleStore;
    readonly responses: ResponseStore;
    readonly audit: AuditStore;
    readonly alerts: AlertStore;
    readonly nodes: NodesStores & { readonly proofs: ProofStore; readonly rates: RateStore };
  };
  readonly pool: PoolSide;
  /** The way to cloud providers. */
  readonly outside: {
    readonly http: HttpClient;
    /** For addresses that callers name: it reaches the public internet only. Absent: none is asked. */
    readonly pictures?: HttpClient;
    readonly secrets: Secrets;
    /** Ways to collectors and webhooks. */
    readonly outgoing: Pick<Outgoing, 'client' | 'publicClient'>;
    readonly environment: Readonly<Record<string, string | undefined>>;
    /** Whether Millpond itself answers at an address. */
    readonly isOwnAddress: (url: string) => boolean;
  };
  /** Makes the control handlers; the gateway that they serve is handed in. */
  readonly handlers: (gateway: GatewayServices) => ControlHandlers;
  readonly preferences: () => GatewayPreferences;
  /** Where records wait for a store that takes nothing; absent: in memory. */
  readonly spoolFolder?: string;
  /** The built window. */
  readonly rendererFolder: string;
  /** Loopback port; 0 picks a free one. */
  readonly port: number;
  /** Whether a server of models answers at an address: Ollama's port is taken from nobody. Never if absent. */
  readonly isAnswered?: (url: string) => Promise<boolean>;
  readonly version: string;
  /** Who owns this machine's gateway, and the bearer that this start gave to shell and CLI. */
  readonly owner: { readonly personId: string; readonly token: string };
  readonly clock: Clock;
  readonly logger: Logger;
  /** Checks what handlers return against the contract; for tests and development. */
  readonly checkOutputs?: boolean;
  readonly timing?: Partial<StreamTiming>;
  /** How long a caller who gets one whole answer is kept waiting; 10 minutes if absent. */
  readonly deadlineMs?: number;
  /** Largest request body; 32 MiB if absent. */
  readonly maxBodyBytes?: number;
  /** Another pace of the tunnel than usual, and mutated builds: for the chaos suite. */
  readonly chaos?: {
    readonly tunnel?: TunnelTuning;
    /** Nothing of what was answered reaches the books. */
    readonly isSettlementOff?: boolean;
  };
}
