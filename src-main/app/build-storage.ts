import { createAlertStore } from '../storage/alert-store.ts';
import { createAliasStore } from '../storage/alias-store.ts';
import {
  createLimitRateStore,
  createModelLimitStore,
  createQuotaStore,
} from '../storage/limit-stores.ts';
import { createPriceStore } from '../storage/price-store.ts';
import { createUsageStore } from '../storage/usage-store.ts';
import { createProviderStore } from '../storage/provider-store.ts';
import type { Recovery } from '../storage/recovery/recover-database.ts';
import { openDatabase } from '../storage/open-database.ts';
import type { Database } from '../storage/open-database.ts';
import { createAttachedServerStore } from '../storage/attached-server-store.ts';
import { createAuditStore } from '../storage/audit-store.ts';
import { createAttachmentStore } from '../storage/attachment-store.ts';
import { createContributionStore } from '../storage/contribution-store.ts';
import { createGatewayIdentityStore } from '../storage/gateway-identity-store.ts';
import { createLedgerStore } from '../storage/ledger-store.ts';
import {
  createMachineStore,
  createProofStore,
  createRateStore,
} from '../storage/machine-stores.ts';
import { createMembershipStore } from '../storage/membership-store.ts';
import { createPeopleStore } from '../storage/people-store.ts';
import { createPoolEventStore } from '../storage/pool-event-store.ts';
import { createResponseStore } from '../storage/response-store.ts';
import { SqlChatStore } from '../storage/chat-store.ts';
import { createApiKeyStore, createSessionStore } from '../storage/gateway-stores.ts';
import { createRequestLogStore } from '../storage/request-log-store.ts';
import { createModelPreferencesStore } from '../storage/model-preferences-store.ts';
import { ensureOwner } from '../storage/person-store.ts';
import type { Person } from '../storage/person-store.ts';
import { readModelUses } from '../storage/model-uses.ts';
import { createPresetStore } from '../storage/preset-store.ts';

export interface Storage {
  readonly database: Database;
  /** What became of a damaged database at this start. */
  readonly recovery?: Recovery;
  readonly owner: Person;
  readonly gateway: {
    readonly keys: ReturnType<typeof createApiKeyStore>;
    readonly sessions: ReturnType<typeof createSessionStore>;
    readonly requestLog: ReturnType<typeof createRequestLogStore>;
    readonly responses: ReturnType<typeof createResponseStore>;
    readonly providers: ReturnType<typeof createProviderStore>;
    readonly aliases: ReturnType<typeof createAliasStore>;
    readonly prices: ReturnType<typeof createPriceStore>;
    readonly usage: ReturnType<typeof createUsageStore>;
    readonly limits: {
      readonly quotas: ReturnType<typeof createQuotaStore>;
      readonly rates: ReturnType<typeof createLimitRateStore>;
      readonly models: ReturnType<typeof createModelLimitStore>;
    };
  };
  readonly people: ReturnType<typeof createPeopleStore>;
  readonly audit: ReturnType<typeof createAuditStore>;
  readonly alerts: ReturnType<typeof createAlertStore>;
  readonly gatewayIdentity: ReturnType<typeof createGatewayIdentityStore>;
  /** What is kept about the machines of pools. */
  readonly nodes: {
    readonly ledger: ReturnType<typeof createLedgerStore>;
    readonly events: ReturnType<typeof createPoolEventStore>;
    readonly machines: ReturnType<typeof createMachineStore>;
    readonly rates: ReturnType<typeof createRateStore>;
    readonly proofs: ReturnType<typeof createProofStore>;
  };
  readonly memberships: ReturnType<typeof createMembershipStore>;
  readonly contributions: ReturnType<typeof createContributionStore>;
  readonly attachedServers: ReturnType<typeof createAttachedServerStore>;
  readonly chats: SqlChatStore;
  readonly attachments: ReturnType<typeof createAttachmentStore>;
  readonly presets: ReturnType<typeof createPresetStore>;
  readonly modelPreferences: ReturnType<typeof createModelPreferencesStore>;
  /** When each model was asked last before this start. */
  readonly modelUses: ReadonlyMap<string, number>;
}

/** The embedded database and every store over it. */
export async function buildStorage(options: {
  readonly file: string;
  readonly workerFile: string;
  readonly now: number;
  readonly programVersion?: string;
  /** What the owner of a new installation is called; `Owner` if absent. */
  readonly ownerName?: string | undefined;
}): Promise<Storage> {
  let recovery: Recovery | undefined;
  const database = await openDatabase({
    ...options,
    onRecovered: (outcome) => {
      recovery = outcome;
    },
  });
  return {
    database,
    ...(recovery && { recovery }),
    owner: await ensureOwner(database, options.now, options.ownerName),
    gateway: {
      keys: createApiKeyStore(database),
      sessions: createSessionStore(database),
      requestLog: createRequestLogStore(database),
      responses: createResponseStore(database),
      providers: createProviderStore(database),
      aliases: createAliasStore(database),
      prices: createPriceStore(database),
      usage: createUsageStore(database),
      limits: {
        quotas: createQuotaStore(database),
        rates: createLimitRateStore(database),
        models: createModelLimitStore(database),
      },
    },
    people: createPeopleStore(database),
    audit: createAuditStore(database),
    alerts: createAlertStore(database),
    gatewayIdentity: createGatewayIdentityStore(database),
    nodes: {
      ledger: createLedgerStore(database),
      events: createPoolEventStore(database),
      machines: createMachineStore(database),
      rates: createRateStore(database),
      proofs: createProofStore(database),
    },
    memberships: createMembershipStore(database),
    contributions: createContributionStore(database),
    attachedServers: createAttachedServerStore(database),
    chats: new SqlChatStore(database),
    attachments: createAttachmentStore(database),
    presets: createPresetStore(database),
    modelPreferences: createModelPreferencesStore(database),
    modelUses: await readModelUses(database),
  };
}
