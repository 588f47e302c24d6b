import type { ControlHandlers } from '../../contract/control.ts';
import type { DownloadManager } from '../../models/download/download-manager.ts';
import type { FetchModels } from '../fetch-models.ts';
import { viewOfDownload } from '../fetch-models.ts';

/** Naming a model may ask the hub several questions. */
const startLimitMs = 60_000;

export function createDownloadHandlers(
  downloads: DownloadManager,
  fetching: FetchModels,
): ControlHandlers['downloads'] {
  return {
    list: () => ({ downloads: downloads.list().map(viewOfDownload) }),
    start: async ({ name }) =>
      viewOfDownload(await fetching.start(name, AbortSignal.timeout(startLimitMs))),
    pause: async ({ id }) => viewOfDownload(await downloads.pause(id)),
    resume: async ({ id }) => viewOfDownload(await downloads.resume(id)),
    async cancel({ id }) {
      await downloads.cancel(id);
      return {};
    },
    prioritize: async ({ id }) => viewOfDownload(await downloads.prioritize(id)),
  };
}
