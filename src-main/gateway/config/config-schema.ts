import { z } from 'zod';
import { settingsPatch } from '../../contract/settings.ts';

// The shape of `millpond.yaml`. `resources/millpond.example.yaml` shows and explains every field.

/** Variables are text: what a variable says where a number is wanted counts as one. */
const number = (schema: z.ZodType<number>) =>
  z.preprocess((value) => (isNumeric(value) ? Number(value) : value), schema);

const yesAndNo: ReadonlyMap<unknown, boolean> = new Map([
  ...(['yes', 'true', 'on'] as const).map((word) => [word, true] as const),
  ...(['no', 'false', 'off'] as const).map((word) => [word, false] as const),
]);

/** The YAML of today takes `yes` for a word. */
const yesOrNo = z.preprocess((value) => yesAndNo.get(value) ?? value, z.boolean());

const whole = number(z.int().min(0).max(1_000_000_000_000)).optional();
const dollars = number(z.number().min(0).max(1_000_000));
const name = z.string().trim().min(1).max(200);
const modelName = z.string().trim().min(1).max(300);

const limits = z.strictObject({
  requestsPerMinute: whole,
  tokensPerMinute: whole,
  concurrentRequests: whole,
  tokensPerDay: whole,
  tokensPerMonth: whole,
  spendPerDay: dollars.optional(),
  spendPerMonth: dollars.optional(),
});

const key = z.string().trim().min(1).max(500);

const provider = z.strictObject({
  preset: name.optional(),
  baseUrl: z.string().trim().min(1).max(500).optional(),
  access: z.enum(['owner', 'everybody']).optional(),
  enabled: yesOrNo.optional(),
  keys: z.union([key, z.array(key).max(50)]).optional(),
  names: z.record(modelName, name).optional(),
  served: z.array(modelName).max(2000).optional(),
});

const member = z.union([
  name,
  z.strictObject({ model: name, maxQueueSeconds: number(z.number().min(0).max(3600)).optional() }),
]);

const alias = z.strictObject({
  members: z.array(member).min(1).max(20),
  cloud: yesOrNo.optional(),
});

const tier = z.strictObject({
  maxInputTokens: whole,
  input: dollars,
  cachedInput: dollars.optional(),
  cacheWrite: dollars.optional(),
  output: dollars,
});

const price = z.strictObject({
  model: modelName,
  provider: name.optional(),
  tiers: z.array(tier).min(1).max(20),
  contributorTiers: z.array(tier).max(20).optional(),
});

/** What the machine and its window are set to; looks and habits of one person are left to the window. */
const settingsFields = settingsPatch.omit({
  ...{ theme: true, language: true, sendWith: true, closeToTray: true, startAtLogin: true },
  sharing: true,
});

const settings = z.preprocess(suited, settingsFields);

/** Names of settings that a file may hold. */
export const configurableSettings: ReadonlySet<string> = new Set(Object.keys(settingsFields.shape));

export const configSchema = z.strictObject({
  settings: settings.optional(),
  providers: z.record(z.string().trim().min(1).max(60), provider).optional(),
  aliases: z.record(name, alias).optional(),
  prices: z.array(price).max(5000).optional(),
  modelLimits: z.record(modelName, limits).optional(),
});

export type ConfigText = z.output<typeof configSchema>;
export type LimitsText = z.output<typeof limits>;
export type TierText = z.output<typeof tier>;

/** Words that are no text for the setting, but a number, or yes or no. */
function suited(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const shape: Readonly<Record<string, z.ZodType>> = settingsFields.shape;
  return Object.fromEntries(
    Object.entries(value).map(([field, given]: [string, unknown]) => {
      const schema = Object.hasOwn(shape, field) ? shape[field] : undefined;
      if (schema === undefined || schema.safeParse(given).success) return [field, given];
      const meant = isNumeric(given) ? Number(given) : yesAndNo.get(given);
      return [field, meant !== undefined && schema.safeParse(meant).success ? meant : given];
    }),
  );
}

function isNumeric(value: unknown): value is string {
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value);
}
