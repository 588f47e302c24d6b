import type { GeneratedAlways } from 'kysely';
import type { AliasTables } from './tables/aliases.ts';
import type { AccountsTables } from './tables/accounts.ts';
import type { LimitTables } from './tables/limits.ts';
import type { ProviderTables } from './tables/providers.ts';
import type { ResponseTables } from './tables/responses.ts';
import type { UsageTables } from './tables/usage.ts';

/** Rows as they are stored. Times are epoch milliseconds, booleans 0 or 1, JSON is text. */
export interface DatabaseSchema
  extends LimitTables, AccountsTables, AliasTables, ProviderTables, ResponseTables, UsageTables {
  persons: PersonsTable;
  sessions: SessionsTable;
  api_keys: ApiKeysTable;
  requests: RequestsTable;
  chats: ChatsTable;
  messages: MessagesTable;
  attachments: AttachmentsTable;
  message_attachments: MessageAttachmentsTable;
  presets: PresetsTable;
  model_preferences: ModelPreferencesTable;
  attached_servers: AttachedServersTable;
  search_entries: SearchEntriesTable;
  search_words: SearchWordsTable;
  joined_pools: JoinedPoolsTable;
  contribution_days: ContributionDaysTable;
  pools: PoolsTable;
  pool_members: PoolMembersTable;
  devices: DevicesTable;
  invites: InvitesTable;
  gateway_identity: GatewayIdentityTable;
  ledger_days: LedgerDaysTable;
  pool_events: PoolEventsTable;
  machines: MachinesTable;
  measured_rates: MeasuredRatesTable;
  machine_proofs: MachineProofsTable;
}

export interface PersonsTable {
  id: string;
  name: string;
  role: string;
  created_at: number;
  /** scrypt, with its cost; null while none was set. */
  password_hash: string | null;
  /** 0: came in through a pool and is nobody outside of pools. */
  has_account: number;
  /** Usage limits; null: none. */
  limits: string | null;
  /** SHA-256 of the one-time code that is waiting; null: none is. */
  code_hash: string | null;
  code_expires_at: number | null;
  /** Kept after their end: books still name them. */
  removed_at: number | null;
}

export interface SessionsTable {
  id: string;
  person_id: string;
  token_hash: string;
  created_at: number;
  last_used_at: number;
}

export interface ApiKeysTable {
  id: string;
  person_id: string;
  name: string;
  prefix: string;
  hash: string;
  created_at: number;
  last_used_at: number | null;
  expires_at: number | null;
  pool_id: string | null;
  /** A list of ids; null: all. */
  models: string | null;
  privacy: string | null;
  /** `personal` if null. */
  kind: string | null;
  /** A list; null: any. */
  allowed_ips: string | null;
  /** A list; null: none. */
  tags: string | null;
  /** What it may use; null: no limit of its own. */
  limits: string | null;
}

export interface RequestsTable {
  id: string;
  started_at: number;
  state: string;
  model: string;
  caller: string;
  client: string;
  task: string;
  path: string;
  streamed: number;
  status: number | null;
  machine: string | null;
  duration_ms: number | null;
  usage: string | null;
  timings: string | null;
  error: string | null;
  person_id: string | null;
  pool_id: string | null;
  route: string | null;
  moved_from: string | null;
  key_id: string | null;
  alias: string | null;
  provider: string | null;
  upstream: string | null;
  cost_micros: number | null;
  is_unpriced: number | null;
  credit_micros: number | null;
  is_cached: number | null;
  /** A list. */
  tags: string | null;
}

export interface ChatsTable {
  id: string;
  person_id: string;
  title: string;
  pinned: number;
  created_at: number;
  updated_at: number;
  system_prompt: string;
  model: string | null;
  parameters: string;
  leaf_id: string | null;
  /** Hidden since; erased for good some time later. */
  deleted_at: number | null;
}

export interface MessagesTable {
  id: string;
  chat_id: string;
  parent_id: string | null;
  role: string;
  created_at: number;
  /** What the person wrote; empty for answers. */
  text: string;
  // Answers only, from here on.
  model: string | null;
  parts: string | null;
  chunk_count: number | null;
  status: string | null;
  error: string | null;
  receipt: string | null;
  token_digest: string | null;
  /** Little-endian 32-bit token ids. */
  tokens: Uint8Array | null;
}

export interface AttachmentsTable {
  id: string;
  person_id: string;
  name: string;
  media_type: string;
  size_bytes: number;
  characters: number;
  tokens: number;
  pages: number | null;
  page_range: string | null;
  page_texts: string;
  /** The bytes of a picture; null for files that are sent as text. */
  picture: Uint8Array | null;
  created_at: number;
}

export interface MessageAttachmentsTable {
  message_id: string;
  position: number;
  attachment_id: string;
}

export interface PresetsTable {
  id: string;
  person_id: string;
  name: string;
  system_prompt: string;
  parameters: string;
  created_at: number;
}

export interface ModelPreferencesTable {
  model_id: string;
  options: string;
  system_prompt: string;
}

export interface AttachedServersTable {
  id: string;
  name: string;
  url: string;
  kind: string;
  /** New names by the server's own. */
  names: string;
  /** The server's names of models that are not served. */
  hidden: string;
  created_at: number;
}

export interface SearchEntriesTable {
  id: GeneratedAlways<number>;
  chat_id: string;
  /** Null: the entry of the chat's title. */
  message_id: string | null;
}

/** FTS5; the row id is the entry's. */
export interface SearchWordsTable {
  rowid: number;
  words: string;
  /** Computed by FTS5 inside a match; smaller is better. */
  rank: GeneratedAlways<number>;
}

export interface PoolsTable {
  id: string;
  name: string;
  created_at: number;
  is_isolated: number;
  strategy: string;
  contributors_first: number;
  ended_at: number | null;
}

export interface PoolMembersTable {
  pool_id: string;
  person_id: string;
  role: string;
  /** A list of ids; empty: all. */
  models: string;
  joined_at: number;
}

export interface DevicesTable {
  id: string;
  pool_id: string;
  person_id: string;
  public_key: Uint8Array;
  name: string;
  trust: string;
  may_serve: number;
  may_ask: number;
  epoch: number;
  created_at: number;
  last_seen_at: number | null;
  revoked_at: number | null;
}

export interface InvitesTable {
  id: string;
  pool_id: string;
  hash: string;
  prefix: string;
  created_at: number;
  expires_at: number | null;
  max_uses: number | null;
  uses: number;
  role: string;
  trust: string;
  rights: string;
  models: string;
  person_id: string | null;
  revoked_at: number | null;
}

export interface GatewayIdentityTable {
  /** Always 1: there is one row. */
  only: number;
  gateway_id: string;
  certificate: string;
  created_at: number;
}

/** A pool of somebody else's that this app has joined. */
export interface JoinedPoolsTable {
  membership_id: string;
  /** Of the newest connection; only ever grows. */
  epoch: number;
  joined_at: number;
  is_sharing: number;
  /** What the pool said and how it is reached. */
  terms: string;
}

export interface ContributionDaysTable {
  /** Local, such as `2026-11-21`. */
  day: string;
  given_tokens: number;
  given_answers: number;
  used_tokens: number;
}

export interface LedgerDaysTable {
  pool_id: string;
  /** Local, such as `2026-11-21`. */
  day: string;
  person_id: string;
  /** Empty for what was consumed. */
  machine_id: string;
  /** Empty for what was served, and without a key. */
  key_id: string;
  served_tokens: number;
  served_answers: number;
  consumed_tokens: number;
  consumed_answers: number;
  /** Earned by what was served, in millionths of a US dollar. */
  credit_micros: number;
}

export interface PoolEventsTable {
  id: string;
  pool_id: string;
  at: number;
  machine_id: string | null;
  facts: string;
}

export interface MachinesTable {
  membership_id: string;
  hardware: string;
  memory_kind: string;
  memory_bytes: number;
  version: string;
  last_seen_at: number;
}

export interface MeasuredRatesTable {
  upstream_id: string;
  /** A digest, or the id of a model that has none. */
  model_key: string;
  prefill_per_second: number;
  decode_per_second: number;
  at: number;
}

export interface MachineProofsTable {
  membership_id: string;
  digest: string;
  verdict: string;
  reason: string;
  at: number;
}
