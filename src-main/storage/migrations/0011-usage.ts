import type { Migration } from './migration.ts';

/** What requests cost, sums that outlive the log, prices that people set, and alerts. */
export const usage: Migration = {
  version: 11,
  sql: `
    alter table requests add column key_id text;
    alter table requests add column alias text;
    alter table requests add column provider text;
    alter table requests add column upstream text;
    alter table requests add column cost_micros integer;
    alter table requests add column is_unpriced integer;
    alter table requests add column credit_micros integer;
    alter table requests add column is_cached integer;
    alter table requests add column tags text;
    create index requests_by_person on requests (person_id, started_at);

    create table usage_hours (
      hour integer not null,
      key_id text not null,
      person_id text not null,
      model text not null,
      machine text not null,
      provider text not null,
      pool_id text not null,
      requests integer not null,
      failed integer not null,
      prompt_tokens integer not null,
      cached_tokens integer not null,
      completion_tokens integer not null,
      reasoning_tokens integer not null,
      cost_micros integer not null,
      credit_micros integer not null,
      unpriced integer not null,
      primary key (hour, key_id, person_id, model, machine, provider, pool_id)
    ) strict, without rowid;

    create table usage_labels (
      kind text not null,
      id text not null,
      label text not null,
      primary key (kind, id)
    ) strict, without rowid;

    create table prices (
      model text not null,
      provider text not null,
      tiers text not null,
      contributor_tiers text,
      primary key (model, provider)
    ) strict, without rowid;

    create table alerts (
      id text primary key,
      at integer not null,
      kind text not null,
      subject text not null,
      message text not null,
      ended_at integer
    ) strict;
    create index alerts_by_time on alerts (at);

    create table alert_settings (
      only_one integer primary key check (only_one = 1),
      settings text not null
    ) strict;

    alter table ledger_days add column credit_micros integer not null default 0;
  `,
};
