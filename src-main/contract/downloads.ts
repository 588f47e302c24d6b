import { z } from 'zod';
import { errorBody, id, instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';

/**
 * - `queued` behind others · `running` · `waiting` for the hours chosen in the settings
 * - `paused` by a person · `verifying` the last bytes · `done` · `failed` with `error`; its bytes are kept
 */
export const downloadState = z.enum([
  'queued',
  'running',
  'waiting',
  'paused',
  'verifying',
  'done',
  'failed',
]);

export const download = z.object({
  id,
  /** `org/name` on the hub. */
  repo: z.string(),
  commit: z.string(),
  variant: z.string(),
  /** For people: the model with its quantization. */
  name: z.string(),
  /** The host the bytes come from now. */
  endpoint: z.string(),
  state: downloadState,
  totalBytes: z.number(),
  doneBytes: z.number(),
  /** Over the last seconds; absent while nothing arrives. */
  bytesPerSecond: z.number().optional(),
  /** Seconds; absent when it would be a guess. */
  etaSeconds: z.number().optional(),
  files: z.int(),
  doneFiles: z.int(),
  /** Bytes that arrived damaged and were fetched again. */
  repairedBytes: z.number(),
  error: errorBody.optional(),
  createdAt: instant,
  /** What it became in My Models. */
  modelId: z.string().optional(),
});
export type Download = z.infer<typeof download>;

const one = z.strictObject({ id });

/** Models on their way to this disk. The order of the list is the order in which they run. */
export const downloads = {
  list: call('GET', '/control/downloads', nothing, z.object({ downloads: z.array(download) })),
  /**
   * A name such as `hf:org/repo:Q4_K_M`, `hf.co/org/repo:Q4_K_M` or the address of a model's page;
   * without a quantization the recommended one. Answers with the running one if it is already under
   * way. `storage-full` when the disk is too small, before anything is fetched.
   */
  start: call(
    'POST',
    '/control/downloads',
    z.strictObject({ name: z.string().min(1).max(500) }),
    download,
  ),
  pause: call('POST', '/control/downloads/:id/pause', one, download),
  /** Also tries a failed one again. */
  resume: call('POST', '/control/downloads/:id/resume', one, download),
  /** Ends it and deletes what has arrived; a finished one only leaves the list. */
  cancel: call('POST', '/control/downloads/:id/cancel', one, nothing),
  /** Puts it first in line. */
  prioritize: call('POST', '/control/downloads/:id/first', one, download),
  /** At most twice a second per download; states at once. */
  onChanged: notify('downloads.changed', z.object({ download })),
  onRemoved: notify('downloads.removed', z.object({ id })),
};
