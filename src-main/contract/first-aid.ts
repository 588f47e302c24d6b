import { z } from 'zod';
import { instant, nothing } from './common.ts';
import { call } from './kinds.ts';

/** What the window and `millpond doctor --fix` can do about a finding by themselves. */
export const firstAidDeed = z.enum([
  'choose-free-port',
  'choose-free-pool-port',
  'make-writable',
  'recover-database',
  'shrink-database',
  'repair-model',
  'remove-leftovers',
  'retry-provider',
  'start-safely',
]);
export type FirstAidDeed = z.infer<typeof firstAidDeed>;

export const findingFix = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), deed: firstAidDeed }),
  /** A place of the window, such as `/settings/hub`. */
  z.object({ kind: z.literal('navigate'), path: z.string() }),
  /** For a terminal: what only the person may do. */
  z.object({ kind: z.literal('command'), command: z.string() }),
]);
export type FindingFix = z.infer<typeof findingFix>;

/** One thing that was looked at. */
export const finding = z.object({
  /** Stable: a key of `words/finding.en.json`. */
  id: z.string(),
  /** What it is about where there may be several: the id of a model, provider or membership. */
  subject: z.string().optional(),
  outcome: z.enum(['ok', 'warning', 'problem']),
  /** What was found and, if it is wrong, what to do; in English. */
  sentence: z.string(),
  /** What fills the gaps of the words, for windows in another language. */
  values: z.record(z.string(), z.string()),
  fix: findingFix.optional(),
});
export type Finding = z.infer<typeof finding>;

/** A part of the report that a person may leave out. */
export const reportSection = z.object({
  id: z.enum(['program', 'findings', 'machine', 'models', 'settings', 'errors', 'log']),
  /** Markdown without its heading, with nothing in it that is secret or names a person. */
  text: z.string(),
});
export type ReportSection = z.infer<typeof reportSection>;

/** A copy of database, settings and secrets that can be put back. */
export const backupCopy = z.object({
  /** Whole path: a file, or the folder that a restore has kept. */
  path: z.string(),
  madeAt: instant,
  sizeBytes: z.number(),
  /**
   * - `asked` somebody made it · `before-upgrade` made before an update changed the database
   * - `before-restore` what an earlier restore replaced
   */
  kind: z.enum(['asked', 'before-upgrade', 'before-restore']),
  /** Only an older Millpond would leave it as it is. */
  isForOlder: z.boolean(),
});
export type BackupCopy = z.infer<typeof backupCopy>;

/** What is wrong, and ways out. Belongs to the owner of this machine. */
export const firstAid = {
  /** Looks at everything anew; starts an engine for a moment. */
  examine: call('GET', '/control/first-aid', nothing, z.object({ findings: z.array(finding) })),
  /** Does what a finding offers. Rejects with `conflict` where that cannot be done now. */
  mend: call(
    'POST',
    '/control/first-aid/mend',
    z.strictObject({ deed: firstAidDeed, subject: z.string().max(500).optional() }),
    nothing,
  ),
  /** Everything that helps to help, redacted. It goes nowhere by itself. */
  report: call(
    'GET',
    '/control/first-aid/report',
    nothing,
    z.object({ sections: z.array(reportSection) }),
  ),
  backups: call(
    'GET',
    '/control/first-aid/backups',
    nothing,
    z.object({ folder: z.string(), copies: z.array(backupCopy) }),
  ),
  /** Writes a copy now: to `path`, else into the backups folder. */
  backUp: call(
    'POST',
    '/control/first-aid/backups',
    z.strictObject({ path: z.string().min(1).max(4000).optional() }),
    backupCopy,
  ),
  /** Puts a copy in place of what is there, which is kept, and starts anew. Checks the copy first. */
  restore: call(
    'POST',
    '/control/first-aid/restore',
    z.strictObject({ path: z.string().min(1).max(4000) }),
    nothing,
  ),
};
