import { z } from 'zod';
import { errorBody, instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';

/** How this copy of the program came here; decides who may replace it. */
export const installationKind = z.enum([
  ...(['source', 'folder', 'appimage', 'deb', 'rpm'] as const),
  ...(['mac-app', 'windows', 'container'] as const),
]);

/**
 * Why nobody looks for updates here:
 * - `no-feed` this build names none · `source`, `container` are updated by other means
 * - `local-only`, `by-choice` the owner's settings · `safe-mode` nothing is asked outside while it lasts
 */
export const updatesOff = z.enum([
  ...(['no-feed', 'source', 'container'] as const),
  ...(['local-only', 'by-choice', 'safe-mode'] as const),
]);
export type UpdatesOff = z.infer<typeof updatesOff>;

/** What changed in one version; markdown as in CHANGELOG. */
const releaseNotes = z.object({ version: z.string(), date: z.string(), notes: z.string() });

const availableUpdate = z.object({
  version: z.string(),
  date: z.string(),
  sizeBytes: z.number(),
  /** From the newest down to the one after ours. */
  news: z.array(releaseNotes),
  /** *Later* was said to this version: it is not brought up again. */
  isPutOff: z.boolean(),
});

/** A newer version that this copy cannot take: `no-file` for this computer, `too-old` to skip what lies between. */
const outOfReach = z.object({ version: z.string(), why: z.enum(['no-file', 'too-old']) });

/**
 * - `downloading` · `unpacking` beside what runs · `trying` the new version with a copy of the data
 * - `waiting` for answers that run, until `until` at most · `switching` the program stops now
 */
const updateJob = z.discriminatedUnion('phase', [
  z.object({
    phase: z.literal('downloading'),
    version: z.string(),
    doneBytes: z.number(),
    totalBytes: z.number(),
    bytesPerSecond: z.number().optional(),
  }),
  z.object({ phase: z.literal('unpacking'), version: z.string() }),
  z.object({
    phase: z.literal('trying'),
    version: z.string(),
    step: z.enum(['copying', 'starting', 'asking', 'stopping']),
    /** Who is asked. */
    model: z.string().optional(),
  }),
  z.object({
    phase: z.literal('waiting'),
    version: z.string(),
    answers: z.int(),
    until: instant,
  }),
  z.object({ phase: z.literal('switching'), version: z.string() }),
]);
export type UpdateJob = z.infer<typeof updateJob>;

const updateFailure = z.object({
  version: z.string(),
  at: instant,
  step: z.enum(['download', 'unpack', 'trial', 'switch', 'back']),
  error: errorBody,
  /** What the new version wrote before it failed, without secrets; oldest first. */
  output: z.array(z.string()),
});
export type UpdateFailure = z.infer<typeof updateFailure>;

/** The version that *Go back* brings, with the data as it was then. */
const earlierVersion = z.object({ version: z.string(), replacedAt: instant });

export const updateStatus = z.object({
  version: z.string(),
  kind: installationKind,
  off: updatesOff.optional(),
  lastCheckedAt: instant.optional(),
  isChecking: z.boolean(),
  /** Why the latest look brought nothing. */
  checkError: errorBody.optional(),
  available: availableUpdate.optional(),
  outOfReach: outOfReach.optional(),
  job: updateJob.optional(),
  failure: updateFailure.optional(),
  /** Everything is ready, but only an administrator may install it: with this command. */
  command: z.string().optional(),
  earlier: earlierVersion.optional(),
  /** Where *Go back* has put what was written since the update. */
  setAside: z.object({ version: z.string(), folder: z.string(), at: instant }).optional(),
});
export type UpdateStatus = z.infer<typeof updateStatus>;

/** Newer versions of Millpond itself; the owner's business alone. */
export const updates = {
  status: call('GET', '/control/updates', nothing, updateStatus),
  /** Looks now. Answers with what was found; a look that failed is in `checkError`. */
  check: call('POST', '/control/updates/check', nothing, updateStatus),
  /** Fetches, tries and installs the version that `available` names; goes on with what an earlier try left. */
  apply: call(
    'POST',
    '/control/updates/apply',
    z.strictObject({ version: z.string().max(100) }),
    updateStatus,
  ),
  /** Ends what `apply` or `back` began, as long as nothing was replaced. What was fetched stays. */
  cancel: call('POST', '/control/updates/cancel', nothing, updateStatus),
  /** Does not wait for answers any longer. */
  hurry: call('POST', '/control/updates/hurry', nothing, updateStatus),
  /** Does not bring this version up again. */
  putOff: call(
    'POST',
    '/control/updates/put-off',
    z.strictObject({ version: z.string().max(100) }),
    updateStatus,
  ),
  /** Brings back the version and the data from before the latest update. */
  back: call('POST', '/control/updates/back', nothing, updateStatus),
  /** Progress at most twice a second. */
  onChanged: notify('updates.changed', updateStatus),
};
