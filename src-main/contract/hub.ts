import { z } from 'zod';
import { instant, nothing } from './common.ts';
import { aim, fit } from './fit.ts';
import { call, notify } from './kinds.ts';

export const modelFormat = z.enum(['gguf', 'mlx']);

/** How an answer of the hub came about: `isStale` means that the hub could not be asked now. */
export const hubFreshness = z.object({ endpoint: z.string(), at: instant, isStale: z.boolean() });
export type HubFreshness = z.infer<typeof hubFreshness>;

/** One repository in a list. */
export const hubModelSummary = z.object({
  /** `org/name`. */
  repo: z.string(),
  author: z.string(),
  /** For people: the repository's name without format and author. */
  name: z.string(),
  format: modelFormat,
  /** The hub's pipeline tag, such as `text-generation`. */
  task: z.string().optional(),
  parameterCount: z.number().optional(),
  downloads: z.number(),
  updatedAt: instant.optional(),
  licence: z.string().optional(),
  /** Needs an account that was granted access. */
  isGated: z.boolean(),
  /** At least one of its variants is on this machine. */
  isInstalled: z.boolean(),
});
export type HubModelSummary = z.infer<typeof hubModelSummary>;

/** Words before numbers: how much of the original is left. */
export const quantizationTier = z.enum(['small', 'balanced', 'large', 'original']);

/** One choice of a repository: a quantization, or the whole of an MLX repository. */
export const hubVariant = z.object({
  /** Such as `Q4_K_M`; `main` for a repository that has only one. */
  id: z.string(),
  tier: quantizationTier,
  files: z.array(
    z.object({ path: z.string(), sizeBytes: z.number(), sha256: z.string().optional() }),
  ),
  sizeBytes: z.number(),
  isRecommended: z.boolean(),
  /** Comes with the file that lets it see. */
  hasProjector: z.boolean(),
  /** Absent until it was worked out; arrives by `hub.onFit`. */
  fit: fit.optional(),
  /** The id it answers to here, when it is installed. */
  installedId: z.string().optional(),
});
export type HubVariant = z.infer<typeof hubVariant>;

export const hubModel = z.object({
  ...hubModelSummary.shape,
  commit: z.string(),
  /** The address of its page, for people. */
  pageUrl: z.string(),
  capabilities: z
    .object({ tools: z.boolean(), reasoning: z.boolean(), vision: z.boolean() })
    .optional(),
  trainedContextLength: z.number().optional(),
  /** Markdown without front matter; never trusted: the window renders it without HTML. Empty: none. */
  card: z.string(),
  variants: z.array(hubVariant),
  freshness: hubFreshness,
});
export type HubModel = z.infer<typeof hubModel>;

export const starter = z.object({
  repo: z.string(),
  name: z.string(),
  /** Which sentence says what it is good for: a key of the window's words. */
  purpose: z.enum(['all-round', 'quick', 'code', 'reasoning', 'vision', 'small', 'best']),
  variant: z.string(),
  sizeBytes: z.number(),
  isRecommended: z.boolean(),
  fit: fit.optional(),
  installedId: z.string().optional(),
});
export type Starter = z.infer<typeof starter>;

export const hubStatus = z.object({
  /** Where models are looked for now. */
  endpoint: z.string(),
  /** Who decided: the settings, a variable of the environment, or nobody. */
  endpointFrom: z.enum(['settings', 'environment', 'default']),
  /** Offered when the endpoint cannot be reached. */
  knownEndpoints: z.array(z.object({ name: z.string(), url: z.string() })),
  tokenFrom: z.enum(['settings', 'environment', 'file', 'none']),
  /** The account behind the token, where the hub has said so. */
  account: z.string().optional(),
  /** Why nothing is asked: local only, or `HF_HUB_OFFLINE`. */
  closedBy: z.enum(['local-only', 'environment']).optional(),
});
export type HubStatus = z.infer<typeof hubStatus>;

/**
 * The Hugging Face Hub or a mirror. When it cannot be reached and nothing is cached, calls reject
 * with `unavailable` and the reason `hub-unreachable` (`hub-closed` when it may not be asked); a gated
 * repository gives `forbidden` with `gated-access-needed` or `unauthenticated` with
 * `token-needed` or `token-refused`.
 */
export const hub = {
  status: call('GET', '/control/hub', nothing, hubStatus),
  search: call(
    'GET',
    '/control/hub/search',
    z.strictObject({
      query: z.string().max(200).default(''),
      format: modelFormat.optional(),
      task: z.string().max(60).optional(),
      author: z.string().max(100).optional(),
      /** Billions of parameters, both inclusive. */
      minParameters: z.coerce.number().min(0).optional(),
      maxParameters: z.coerce.number().min(0).optional(),
      sort: z.enum(['relevance', 'downloads', 'updated']).default('downloads'),
      cursor: z.string().max(2000).optional(),
    }),
    z.object({
      models: z.array(hubModelSummary),
      cursor: z.string().optional(),
      freshness: hubFreshness,
    }),
  ),
  /** One repository. Fits follow as notifications, one variant after the other. */
  model: call(
    'GET',
    '/control/hub/model',
    z.strictObject({
      repo: z.string().max(200),
      revision: z.string().max(100).optional(),
      aim: aim.default('context'),
    }),
    hubModel,
  ),
  /** A handful that suit this machine, the best first. */
  starters: call(
    'GET',
    '/control/hub/starters',
    nothing,
    z.object({ starters: z.array(starter), freshness: hubFreshness.optional() }),
  ),
  /** Empty takes the token away. Asks the hub whose it is; a wrong one is not kept. */
  setToken: call(
    'POST',
    '/control/hub/token',
    z.strictObject({ token: z.string().max(500) }),
    hubStatus,
  ),
  /** Empty goes back to the default. Remembered; downloads that wait for a hub go on with it. */
  setEndpoint: call(
    'POST',
    '/control/hub/endpoint',
    z.strictObject({ url: z.string().max(500) }),
    hubStatus,
  ),
  onFit: notify(
    'hub.fit',
    z.object({
      repo: z.string(),
      variant: z.string(),
      /** Absent: at the usual settings, as starters are compared. */
      aim: aim.optional(),
      fit,
      isRecommended: z.boolean(),
    }),
  ),
  onStatus: notify('hub.status', hubStatus),
};
