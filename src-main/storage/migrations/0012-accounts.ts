import type { Migration } from './migration.ts';

/**
 * Accounts at the gateway as a whole with one-time codes and limits, and the audit log. Its entries are
 * never changed, and deleted only by age: while `audit_pruning` says before when.
 */
export const accounts: Migration = {
  version: 12,
  sql: `
    -- 0: somebody who came in through a pool, and is nobody outside of pools.
    alter table persons add column has_account integer not null default 0;
    alter table persons add column limits text;
    alter table persons add column code_hash text;
    alter table persons add column code_expires_at integer;
    -- Kept after their end: ledgers and usage still name them.
    alter table persons add column removed_at integer;
    update persons set has_account = 1 where role = 'owner';

    create table audit_entries (
      id text primary key,
      at integer not null,
      person_id text not null,
      person_name text not null,
      action text not null,
      subject text not null,
      outcome text not null,
      address text not null
    ) strict;
    create index audit_entries_by_time on audit_entries (at);

    create table audit_pruning (before integer not null) strict;

    create trigger audit_entries_stay_as_they_are before update on audit_entries
    begin
      select raise(abort, 'audit entries are never changed');
    end;

    create trigger audit_entries_end_by_age before delete on audit_entries
    when not exists (select 1 from audit_pruning where old.at < audit_pruning.before)
    begin
      select raise(abort, 'audit entries are deleted by age alone');
    end;
  `,
};
