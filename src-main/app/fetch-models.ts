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
import { usualVariant } from '../models/hub/model-address.ts';
import { memoryPerFileByte } from '../models/hub/starters.ts';
import type { Library } from './build-library.ts';
import type { VariantFits } from './discover/variant-fits.ts';

interface FetchModelsDeps {
  readonly library: Pick<Library, 'hub' | 'downloads' | 'models' | 'removal'>;
  readonly fits: VariantFits;
  /** Memory that a model may take here at most, in bytes. */
  readonly limitBytes: () => number;
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
    const { downloads } = deps.library;
    for (const finished of downloads.unassigned()) this.adoptLater(finished);
    downloads.on('finished', (finished) => {
      this.adoptLater(finished);
    });
  }

  /** Starts what a name means; without a quantization what is recommended for this machine. */
  async start(name: string, signal: AbortSignal): Promise<Download> {
    const { hub, downloads, removal } = this.deps.library;
    const { repo, variant } = await hub.resolve(name, signal, (repo) => this.recommended(repo));
    const request = this.requestOf(repo, variant);
    // What was deleted a moment ago is still on the disk, and would vanish once it was found complete.
    await removal.keep(request.files.map(({ path }) => join(request.folder, ...path.split('/'))));
    return downloads.start(request);
  }

  /** What Discover recommends, once it was worked out; else the usual one if it has room, or the largest that has. */
  private recommended(repo: HubRepo): HubVariant | undefined {
    const id = this.deps.fits.recommended(repo, 'context');
    if (id !== undefined) return repo.variants.find((variant) => variant.id === id);
    const usual = usualVariant(repo.variants);
    const hasRoom = ({ sizeBytes }: HubVariant): boolean =>
      sizeBytes * memoryPerFileByte <= this.deps.limitBytes();
    if (usual === undefined || hasRoom(usual)) return usual;
    return repo.variants.filter(hasRoom).toSorted((a, b) => b.sizeBytes - a.sizeBytes)[0];
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
      ...(repo.licence !== undefined && { licence: repo.licence }),
      folder: join(base, ...repo.repo.split('/')),
      files: files.map((file): DownloadFile => file),
    };
  }

  private adoptLater(finished: FinishedDownload): void {
    this.adopt(finished).catch((error: unknown) => {
      const { message } = MillpondError.from(error);
      this.deps.warn({ repo: finished.download.repo, message }, 'fetched model not listed');
    });
  }

  /** Says where the files came from and under which name the model is listed now. */
  private async adopt({ download, request, files }: FinishedDownload): Promise<void> {
    const { models, downloads } = this.deps.library;
    await models.recordFinished({
      repo: request.repo,
      commit: request.commit,
      endpoint: download.endpoint,
      ...(request.licence !== undefined && { licence: request.licence }),
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
