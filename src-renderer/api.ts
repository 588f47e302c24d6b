// The order matters: this import changes how the contract's schemas are built.
import './zod-without-eval.ts';
import { z } from 'zod';
import { createControlClient } from '../src-main/contract/client.ts';
import type { ControlTransport } from '../src-main/contract/client.ts';
import { attachment } from '../src-main/contract/chats.ts';
import type { Attachment } from '../src-main/contract/chats.ts';
import { contract } from '../src-main/contract/control.ts';
import type { ControlContract } from '../src-main/contract/control.ts';
import type { Entry, Notification, Section } from '../src-main/contract/kinds.ts';
import { liveMessage, livePath } from '../src-main/contract/live.ts';
import type { LiveMessage } from '../src-main/contract/live.ts';
import { MillpondError } from '../src-main/core/error.ts';
import { basePath } from './base-path.ts';
import { createBearerStore } from './session.ts';

export type { RequestRecord, RouteDecision } from '../src-main/contract/activity.ts';
export type { Alert, AlertSettings, WebhookSecretView } from '../src-main/contract/alerts.ts';
export type { AliasView } from '../src-main/contract/aliases.ts';
export type { AuditEntry } from '../src-main/contract/audit.ts';
export type {
  AnswerPart,
  AnswerStatus,
  AssistantMessage,
  Attachment,
  Chat,
  ChatSummary,
  Message,
  Preset,
  Receipt,
  UserMessage,
} from '../src-main/contract/chats.ts';
export type { ChatParameters } from '../src-main/contract/common.ts';
export type { LiveHello, LiveMessage } from '../src-main/contract/live.ts';
export type { ConfigProblem, ConfigStatus } from '../src-main/contract/config.ts';
export type { Download } from '../src-main/contract/downloads.ts';
export type { Aim, FitVerdict, FitView } from '../src-main/contract/fit.ts';
export type {
  HubFreshness,
  HubModel,
  HubModelSummary,
  HubStatus,
  HubVariant,
  Starter,
} from '../src-main/contract/hub.ts';
export type {
  EngineKind,
  FoundModel,
  FoundStore,
  InstalledModel,
  ModelFolder,
  StoreKind,
} from '../src-main/contract/models.ts';
export type {
  InvitePreview,
  JoinedModel,
  JoinRequest,
  Membership,
  NearbyPool,
} from '../src-main/contract/memberships.ts';
export type {
  MachineModel,
  NodeTrust,
  PoolEvent,
  PoolMachine,
  PoolRole,
} from '../src-main/contract/nodes.ts';
export type { LimitUse, UsageLimits } from '../src-main/contract/limits.ts';
export type { Account } from '../src-main/contract/people.ts';
export type { Pool, PoolOverview, Reach } from '../src-main/contract/pools.ts';
export type { Provider, ProviderKey, ProviderPreset } from '../src-main/contract/providers.ts';
export type { Invite, Knock, Member } from '../src-main/contract/pool-people.ts';
export type {
  RuleName,
  RuleReading,
  SharingLimits,
  SharingRules,
  SharingStatus,
} from '../src-main/contract/sharing.ts';
export type { ContactedHost } from '../src-main/contract/privacy.ts';
export type { AttachedServer } from '../src-main/contract/servers.ts';
export type { ApiKey, ServerStatus } from '../src-main/contract/server.ts';
export type { Settings, SettingsPatch } from '../src-main/contract/settings.ts';
export type { UpdateFailure, UpdateJob, UpdateStatus } from '../src-main/contract/updates.ts';
export type { BackupCopy, Finding, ReportSection } from '../src-main/contract/first-aid.ts';
export type { MachineStatus } from '../src-main/contract/system.ts';
export { addUsageSums } from '../src-main/contract/usage.ts';
export type { ModelPrice, PriceTier, UsageGrouping, UsageSum } from '../src-main/contract/usage.ts';

export type SystemStatus = z.output<ControlContract['system']['status']['output']>;
/** Who is signed in, and what they may do. */
export type Me = z.output<ControlContract['session']['me']['output']>;
/** What a gateway tells before anybody has signed in. */
export type Welcome = z.output<ControlContract['session']['welcome']['output']>;
/** An invite on the one occasion when its link can be seen. */
export type NewInvite = z.output<ControlContract['pools']['createInvite']['output']>;
export type NewInvites = z.output<ControlContract['pools']['createInvites']['output']>;
/** A day of one member in the ledger. */
export type LedgerLine = z.output<ControlContract['pools']['ledger']['output']>['lines'][number];
/** An alias with what is wrong with it now. */
export type ListedAlias = z.output<ControlContract['aliases']['list']['output']>['aliases'][number];
/** A chart with the table behind it. */
export type UsageReport = z.output<ControlContract['usage']['report']['output']>;
export type PriceList = z.output<ControlContract['prices']['list']['output']>;
/** Somebody with the code that sets their password, on the one occasion when it can be seen. */
export type NewPerson = z.output<ControlContract['people']['create']['output']>;
/** A file as the gateway wrote it. */
export type ExportedFile = z.output<ControlContract['usage']['export']['output']>;

type Listener<Data> = (data: Data) => void;
type Stop = () => void;
type Notifications<S> = { [K in keyof S as S[K] extends Notification ? K : never]: S[K] };
type Subscribe<E> =
  E extends Notification<infer Data> ? (listener: Listener<z.output<Data>>) => Stop : never;

/** What the runtime announces. Subscribing returns the way to stop. */
export type ControlEvents = {
  readonly [S in keyof ControlContract]: {
    readonly [K in keyof Notifications<ControlContract[S]>]: Subscribe<ControlContract[S][K]>;
  };
};

/** Fans the notifications of the live socket out to typed listeners, derived from the contract. */
export function createEventHub() {
  const topics = new Map<string, { schema: z.ZodType; listeners: Set<Listener<unknown>> }>();
  const sections = Object.entries<Section>(contract).map(([name, section]) => {
    const entries = Object.entries<Entry>(section).flatMap(([key, entry]) => {
      if (entry.kind !== 'notification') return [];
      const listeners = new Set<Listener<unknown>>();
      topics.set(entry.topic, { schema: entry.data, listeners });
      const subscribe = (listener: Listener<unknown>): Stop => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      };
      return [[key, subscribe] as const];
    });
    return [name, Object.fromEntries(entries)] as const;
  });
  return {
    // The shape was built from the contract itself, which is what the type says.
    events: Object.fromEntries(sections) as unknown as ControlEvents,
    /** Unknown topics and data that do not parse come from a newer runtime and are left out. */
    deliver: (topic: string, data: unknown): void => {
      const known = topics.get(topic);
      if (known === undefined || known.listeners.size === 0) return;
      const parsed = known.schema.safeParse(data);
      if (parsed.success) for (const listener of known.listeners) listener(parsed.data);
    },
  };
}

/** Sends control requests with the bearer and reports when the runtime no longer accepts it. */
export function createBearerTransport(deps: {
  readonly fetch: typeof fetch;
  /** Stands before every path; empty where the gateway has its site to itself. */
  readonly basePath?: string;
  readonly bearer: () => string | undefined;
  readonly onRefused: (bearer: string | undefined) => void;
}): ControlTransport {
  return async ({ method, path, headers, body, signal }) => {
    const bearer = deps.bearer();
    const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    let response: Response;
    try {
      response = await deps.fetch((deps.basePath ?? '') + path, {
        method,
        headers: { ...headers, ...authorization },
        cache: 'no-store',
        credentials: 'omit',
        ...(body !== undefined && { body }),
        ...(signal !== undefined && { signal }),
      });
    } catch (cause) {
      if (signal?.aborted === true) throw MillpondError.from(cause, 'cancelled');
      throw new MillpondError('unavailable', 'Millpond is not running', { cause });
    }
    const answer = { status: response.status, body: await readJson(response) };
    if (answer.status === 401 && bearer !== undefined && isAboutSession(answer.body)) {
      deps.onRefused(bearer);
    }
    return answer;
  };
}

const refusal = z.object({ error: z.object({ reason: z.string().optional() }) });

/** A hub or a server that refuses a key of its own is no reason to sign in here again. */
function isAboutSession(body: unknown): boolean {
  return refusal.safeParse(body).data?.error.reason === 'invalid_session';
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MillpondError('unavailable', 'Another program answers at this address', { cause });
  }
}

/** A frame of the live socket; undefined for what this version of the window does not know. */
export function parseLiveMessage(text: string): LiveMessage | undefined {
  try {
    return liveMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // Not JSON: nothing that this window could use.
  }
}

/** Path of the tab's one WebSocket. */
export const liveSocketPath = livePath;

export const bearerStore = createBearerStore(globalThis.sessionStorage, globalThis.localStorage);

const refusals = new Set<() => void>();
/** Called when the runtime no longer accepts this tab's bearer. */
export function onSignedOut(listener: () => void): Stop {
  refusals.add(listener);
  return () => refusals.delete(listener);
}

const resyncs = new Set<() => void>();
/** Called after every gap in the notifications: whoever holds live data must ask for it again. */
export function onResync(listener: () => void): Stop {
  resyncs.add(listener);
  return () => resyncs.delete(listener);
}
export function announceResync(): void {
  for (const listener of resyncs) listener();
}

const hub = createEventHub();
/** `events.models.onChanged(({ model }) => …)`. */
export const events = hub.events;
export const deliverEvent = hub.deliver;

/** `await api.models.load({ id })`. Rejects with a `MillpondError`. */
export const api = createControlClient(
  createBearerTransport({
    fetch: (...request) => globalThis.fetch(...request),
    basePath,
    bearer: bearerStore.read,
    onRefused(bearer) {
      bearerStore.forget(bearer);
      for (const listener of refusals) listener();
    },
  }),
);

/** Files of a draft, as this browser kept them. Anything that is not one is left out. */
export function parseStoredAttachments(stored: unknown): readonly Attachment[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((entry: unknown) => {
    const parsed = attachment.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}

/**
 * Whether the API answers under this address, asked once without a key: `open` for who has none, `locked` for
 * who has none but would answer a key. Rejects where nothing answers.
 */
export async function tryGateway(url: string, signal: AbortSignal): Promise<'open' | 'locked'> {
  const { status } = await globalThis.fetch(`${url}/v1/models`, {
    ...{ signal, cache: 'no-store', credentials: 'omit' },
  });
  if (status === 200) return 'open';
  if (status === 401 || status === 403) return 'locked';
  throw new MillpondError('unavailable', `It answered with ${String(status)}`);
}
