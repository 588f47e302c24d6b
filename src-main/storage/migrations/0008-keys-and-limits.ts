import type { Migration } from './migration.ts';

/** Whose and what for a key is, what it may use, and how much of that is used up. */
export const keysAndLimits: Migration = {
  version: 8,
  sql: `
    alter table api_keys add column kind text;
    alter table api_keys add column allowed_ips text;
    alter table api_keys add column tags text;
    alter table api_keys add column limits text;

    create table model_limits (
      model_id text primary key,
      limits text not null
    ) strict;

    -- What gateways have leased of a day's or month's tokens or money, which is at least what was used.
    create table limit_counters (
      subject text not null,
      unit text not null check (unit in ('tokens', 'micros')),
      period text not null,
      taken integer not null,
      told integer not null default 0,
      primary key (subject, unit, period)
    ) strict, without rowid;

    -- The rates of the last minute, where the gateway was stopped in good order.
    create table limit_rates (
      only integer primary key check (only = 1),
      rates text not null
    ) strict;
  `,
};
