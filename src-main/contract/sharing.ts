import { z } from 'zod';
import { instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';
import { sharingState } from './nodes.ts';

const hour = z.int().min(0).max(23);

/** When this machine works for others. Each rule is off unless its owner switched it on. */
export const sharingRules = z.strictObject({
  /** No other program keeps the graphics card busy, nor runs full screen. */
  gpuFree: z.strictObject({ isOn: z.boolean(), abovePercent: z.int().min(5).max(100) }),
  /** Full screen is looked for as well as the system allows. */
  notFullScreen: z.strictObject({ isOn: z.boolean() }),
  /** None of these programs runs; names of executables, without regard to case. */
  notWhileRunning: z.strictObject({
    isOn: z.boolean(),
    programs: z.array(z.string().min(1).max(100)).max(50),
  }),
  /** Nobody touched keyboard or mouse for so long. */
  away: z.strictObject({ isOn: z.boolean(), minutes: z.int().min(1).max(240) }),
  mains: z.strictObject({ isOn: z.boolean() }),
  /** Stops above `celsius`, begins again below `againCelsius`. */
  cool: z.strictObject({
    isOn: z.boolean(),
    celsius: z.int().min(40).max(110),
    againCelsius: z.int().min(30).max(105),
  }),
  /** Local hours of the day; from 18 to 8 goes over midnight. */
  hours: z.strictObject({ isOn: z.boolean(), from: hour, to: hour }),
  /** Graphics memory that stays free for its owner. */
  gpuHeadroom: z.strictObject({ isOn: z.boolean(), bytes: z.number().min(0) }),
});
export type SharingRules = z.infer<typeof sharingRules>;

/** What the owner gives at most, whatever a gateway asks. */
export const sharingLimits = z.strictObject({
  answersAtOnce: z.int().min(1).max(64),
  /** Models offered to pools; absent: all usable ones. */
  models: z.array(z.string().max(500)).max(200).nullable(),
  maxPromptTokens: z.int().min(0),
  /** Of graphics memory for others; 0: no limit of its own. */
  gpuBytes: z.number().min(0),
  /** Bytes a second that answers may send; 0: no limit. */
  uploadBytesPerSecond: z.int().min(0),
  allowedCommands: z.array(z.enum(['load', 'unload', 'download'])),
  /** Send the pool's owner redacted errors of this machine. */
  reportErrors: z.boolean(),
  keepAwake: z.boolean(),
});
export type SharingLimits = z.infer<typeof sharingLimits>;

export const ruleName = z.enum([
  'gpuFree',
  'notFullScreen',
  'notWhileRunning',
  'away',
  'mains',
  'cool',
  'hours',
  'gpuHeadroom',
]);
export type RuleName = z.infer<typeof ruleName>;

/** What a rule sees now. */
export const ruleReading = z.object({
  rule: ruleName,
  /** - `met` sharing may go on · `fired` it holds sharing back · `unknown` this system does not tell */
  verdict: z.enum(['met', 'fired', 'off', 'unknown']),
  /** The figure or name behind it: a program, a percentage, minutes, degrees. Pieces for the window's words. */
  program: z.string().optional(),
  percent: z.number().optional(),
  minutes: z.number().optional(),
  celsius: z.number().optional(),
  bytes: z.number().optional(),
  /** Why it cannot be told here, in one clause. */
  problem: z.string().optional(),
  /** The rule would let go at this time if nothing changes: hysteresis or hours. */
  untilAt: instant.optional(),
});
export type RuleReading = z.infer<typeof ruleReading>;

export const sharingStatus = z.object({
  state: sharingState,
  /** What the owner pressed last. */
  wish: z.enum(['share', 'finish', 'pause']),
  /** A manual pause that ends by itself. */
  wishUntil: instant.optional(),
  answersRunning: z.int(),
  /** The owner's chat has a request running or waiting. */
  isOwnerActive: z.boolean(),
  rules: sharingRules,
  limits: sharingLimits,
  readings: z.array(ruleReading),
  uploadBytesPerSecond: z.number(),
  given: z.object({
    todayTokens: z.number(),
    todayAnswers: z.int(),
    allTokens: z.number(),
    allAnswers: z.int(),
    usedTodayTokens: z.number(),
    usedAllTokens: z.number(),
    /** Oldest first; at most 30. */
    days: z.array(z.object({ day: z.string(), givenTokens: z.number(), usedTokens: z.number() })),
  }),
  /** Newest first; at most 50. */
  lately: z.array(
    z.object({
      at: instant,
      kind: z.enum(['shared', 'finishing', 'paused', 'moved']),
      reason: z.string(),
      /** Answers that were finished or handed over. */
      answers: z.int().optional(),
    }),
  ),
});
export type SharingStatus = z.infer<typeof sharingStatus>;

/** This machine as a node: when it works for others and how much it gave. */
export const sharing = {
  get: call('GET', '/control/sharing', nothing, sharingStatus),
  /** *Share*, *Finish* or *Pause*; `until` ends a pause by itself. */
  wish: call(
    'POST',
    '/control/sharing',
    z.strictObject({ wish: z.enum(['share', 'finish', 'pause']), until: instant.optional() }),
    sharingStatus,
  ),
  update: call(
    'PATCH',
    '/control/sharing',
    z.strictObject({
      rules: sharingRules.partial().optional(),
      limits: sharingLimits.partial().optional(),
    }),
    sharingStatus,
  ),
  /** At most twice a second. */
  onChanged: notify('sharing.changed', sharingStatus),
};
