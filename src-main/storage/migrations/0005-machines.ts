import type { Migration } from './migration.ts';

/**
 * What a gateway knows of the machines of its pools: what they are, what they did, how fast they were
 * and whether they have the weights that they claim. Outlives memberships, so nothing refers to them.
 */
export const machines: Migration = {
  version: 5,
  sql: `
    -- An account is a machine that served or a caller that consumed; the other's column is empty.
    create table ledger_days (
      pool_id text not null,
      day text not null,
      person_id text not null,
      machine_id text not null,
      key_id text not null,
      served_tokens integer not null,
      served_answers integer not null,
      consumed_tokens integer not null,
      consumed_answers integer not null,
      primary key (pool_id, day, person_id, machine_id, key_id)
    ) strict, without rowid;
    create index ledger_days_by_day on ledger_days (day);

    create table pool_events (
      id text primary key,
      pool_id text not null,
      at integer not null,
      machine_id text,
      facts text not null
    ) strict, without rowid;
    create index pool_events_by_pool on pool_events (pool_id, id);

    create table machines (
      membership_id text primary key,
      hardware text not null,
      memory_kind text not null check (memory_kind in ('gpu', 'main')),
      memory_bytes integer not null,
      version text not null,
      last_seen_at integer not null
    ) strict, without rowid;

    create table measured_rates (
      upstream_id text not null,
      model_key text not null,
      prefill_per_second real not null,
      decode_per_second real not null,
      at integer not null,
      primary key (upstream_id, model_key)
    ) strict, without rowid;

    create table machine_proofs (
      membership_id text not null,
      digest text not null,
      verdict text not null check (verdict in ('verified', 'quarantined')),
      reason text not null,
      at integer not null,
      primary key (membership_id, digest)
    ) strict, without rowid;
  `,
};
