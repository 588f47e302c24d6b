import { join } from 'node:path';
import type { Download as DownloadView } from '../contract/downloads.ts';
import type { Settings } from '../contract/settings.ts';
import { MillpondError } from '../core/error.ts';
import type {
  Download,
  DownloadFile,
  DownloadRequest,
  FinishedDownload,
} from '../models/download/download.ts';
import type { HubRepo, HubVariant } from '../models/hub/hub-repo.ts';
import type { Library } from './build-library.ts';

interface FetchModelsDeps {
  readonly library: Pick<Library, 'hub' | 'downloads' | 'models'>;
  readonly settings: () => Settings;
  /** Our own models folder. */
  readonly modelsFolder: string;
  readonly warn: (data: object, sentence: string) => void;
}

/** Takes models from the hub into the library: what a name means, where its files go, what they become. */
export class FetchModels {
  private readonly deps: FetchModelsDeps;

  constructor(deps: FetchModelsDeps) {
    this.deps = deps;
    deps.library.downloads.on('finished', (finished) => {
      this.adopt(finished).catch((error: unknown) => {
        const { message } = MillpondError.from(error);
        deps.warn({ repo: finished.download.repo, message }, 'fetched model not listed');
      });
    });
  }

  /** Starts what a name means; without a quantization the usual one. */
  async start(name: string, signal: AbortSignal): Promise<Download> {
    const { hub, downloads } = this.deps.library;
    const { repo, variant } = await hub.resolve(name, signal);
    return downloads.start(this.requestOf(repo, variant));
  }

  /** `publisher/model/file`, as other programs lay them out and as names are made from. */
  private requestOf(repo: HubRepo, variant: HubVariant): DownloadRequest {
    const { downloadFolder } = this.deps.settings();
    const base = downloadFolder === '' ? this.deps.modelsFolder : downloadFolder;
    const files = [...variant.files, ...(variant.projector ? [variant.projector] : [])];
    return {
      repo: repo.repo,
      commit: repo.commit,
      variant: variant.id,
      name: variant.format === 'mlx' ? repo.name : `${repo.name} ${variant.id}`,
      folder: join(base, ...repo.repo.split('/')),
      files: files.map((file): DownloadFile => file),
    };
  }

  /** Says where the files came from and under which name the model is listed now. */
  private async adopt({ download, request, files }: FinishedDownload): Promise<void> {
    const { models, downloads } = this.deps.library;
    await models.recordFinished({
      repo: request.repo,
      commit: request.commit,
      endpoint: download.endpoint,
      files: files.map(({ path, repoPath, sizeBytes, sha256, blockBytes, checks }) => ({
        ...{ path, repoPath, sizeBytes, sha256 },
        blocks: { sizeBytes: blockBytes, checks: [...checks] },
      })),
    });
    await models.rescan();
    const paths = new Set(files.map(({ path }) => path));
    const model = models
      .list()
      .find(({ path, format }) => paths.has(format === 'mlx' ? join(path, 'config.json') : path));
    if (model !== undefined) await downloads.assignModel(download.id, model.id);
  }
}

export function viewOfDownload(download: Download): DownloadView {
  return { ...download };
}
