import type { Download, InstalledModel } from '../../api.ts';
import { downloadOf, isUnfinished, useDownloads } from '../../state/downloads.ts';
import { useModels } from '../../state/models.ts';

/** Whether a choice is on this machine, on its way, or neither. */
export type Availability =
  | { readonly kind: 'absent' }
  | { readonly kind: 'coming'; readonly download: Download }
  | { readonly kind: 'installed'; readonly modelId: string };

export interface Choice {
  readonly repo: string;
  readonly variant: string;
  /** What the hub's answer said; may be older than the last download or deletion. */
  readonly installedId: string | undefined;
}

export function availabilityOf(
  { repo, variant, installedId }: Choice,
  downloads: readonly Download[] | undefined,
  models: readonly Pick<InstalledModel, 'id'>[] | undefined,
): Availability {
  const download = downloadOf(downloads, repo, variant);
  if (download !== undefined && isUnfinished(download)) return { kind: 'coming', download };
  const modelId = download?.modelId ?? installedId;
  const isHere = models === undefined || models.some((model) => model.id === modelId);
  return modelId !== undefined && isHere ? { kind: 'installed', modelId } : { kind: 'absent' };
}

export function useAvailability(choice: Choice): Availability {
  const downloads = useDownloads((state) => state.downloads);
  const models = useModels((state) => state.models);
  return availabilityOf(choice, downloads, models);
}
