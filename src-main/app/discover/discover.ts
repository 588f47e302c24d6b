import type { Aim, FitView } from '../../contract/fit.ts';
import type {
  HubModel,
  HubModelSummary,
  HubStatus,
  HubVariant,
  Starter,
} from '../../contract/hub.ts';
import type { ModelManifest } from '../../core/model.ts';
import type { Hub, HubStatus as HubState } from '../../models/hub/hub.ts';
import type {
  Freshness,
  HubRepo,
  HubSummary,
  HubVariant as VariantFiles,
} from '../../models/hub/hub-repo.ts';
import type { HubQuery } from '../../models/hub/hub-search.ts';
import { pickStarters, shortlistStarters } from '../../models/hub/starters.ts';
import type { StarterCandidate } from '../../models/hub/starters.ts';
import type { VariantFits } from './variant-fits.ts';

interface DiscoverDeps {
  readonly hub: Hub;
  readonly fits: VariantFits;
  readonly installed: () => readonly ModelManifest[];
  /** Memory that a model may take here at most, in bytes. */
  readonly limitBytes: () => number;
}

/** Starters are held against each other: at the same settings. */
const starterAim = 'usual';

/** The hub as the window shows it: with what is installed and what would fit. */
export class Discover {
  private readonly deps: DiscoverDeps;

  constructor(deps: DiscoverDeps) {
    this.deps = deps;
  }

  async status(): Promise<HubStatus> {
    return viewOfStatus(await this.deps.hub.status());
  }

  async search(query: HubQuery, signal: AbortSignal) {
    const { models, cursor, freshness } = await this.deps.hub.search(query, signal);
    return {
      models: models.map((model) => this.viewOfSummary(model)),
      ...(cursor !== undefined && { cursor }),
      freshness: { ...freshness },
    };
  }

  /** Fits that are not known yet are worked out behind it and published one by one. */
  async model(
    request: { readonly repo: string; readonly revision?: string },
    aim: Aim,
    signal: AbortSignal,
  ): Promise<HubModel> {
    const { repo, freshness } = await this.deps.hub.repo(request, signal);
    this.deps.fits.workOut(repo, aim);
    return this.viewOfRepo(repo, freshness, aim);
  }

  /** Sizes first; the fits of those shown are worked out behind it. */
  async starters(
    signal: AbortSignal,
  ): Promise<{ readonly starters: Starter[]; readonly freshness: Freshness }> {
    const { fits, hub } = this.deps;
    const { starters, freshness } = await hub.starters(signal);
    const candidates = shortlistStarters(starters, this.deps.limitBytes());
    const fitOf = ({ repo, variant }: StarterCandidate): FitView | undefined =>
      fits.of(repo, variant, starterAim);
    const picked = pickStarters(candidates, fitOf);
    fits.workOutMany(picked, starterAim);
    return {
      freshness,
      starters: picked.map(({ entry, repo, variant, isRecommended }) => {
        const fit = fits.of(repo, variant, starterAim);
        const installedId = this.installedAs(repo, variant);
        return {
          repo: repo.repo,
          name: entry.name,
          purpose: entry.purpose,
          variant: variant.id,
          sizeBytes: variant.sizeBytes,
          isRecommended,
          ...(fit && { fit }),
          ...(installedId !== undefined && { installedId }),
        };
      }),
    };
  }

  private viewOfRepo(repo: HubRepo, freshness: Freshness, aim: Aim): HubModel {
    const { commit, pageUrl, card, trainedContextLength } = repo;
    const recommended = this.deps.fits.recommended(repo, aim);
    return {
      ...this.viewOfSummary(repo),
      ...{ commit, pageUrl, card, freshness: { ...freshness } },
      ...(trainedContextLength !== undefined && { trainedContextLength }),
      variants: repo.variants.map((variant) => this.viewOfVariant(repo, variant, aim, recommended)),
    };
  }

  private viewOfVariant(
    repo: HubRepo,
    variant: VariantFiles,
    aim: Aim,
    recommended: string | undefined,
  ): HubVariant {
    const { id, tier, files, projector, sizeBytes } = variant;
    const fit = this.deps.fits.of(repo, variant, aim);
    const installedId = this.installedAs(repo, variant);
    return {
      ...{ id, tier, sizeBytes, isRecommended: id === recommended },
      files: [...files, ...(projector ? [projector] : [])].map(({ path, ...file }) => ({
        path,
        sizeBytes: file.sizeBytes,
        ...(file.sha256 !== undefined && { sha256: file.sha256 }),
      })),
      hasProjector: projector !== undefined,
      ...(fit && { fit }),
      ...(installedId !== undefined && { installedId }),
    };
  }

  private viewOfSummary(model: HubSummary): HubModelSummary {
    const { repo, author, name, format, downloads, isGated } = model;
    const isInstalled = this.deps.installed().some(({ origin }) => origin?.repo === repo);
    return {
      ...{ repo, author, name, format, downloads, isGated, isInstalled },
      ...(model.task !== undefined && { task: model.task }),
      ...(model.parameterCount !== undefined && { parameterCount: model.parameterCount }),
      ...(model.updatedAt !== undefined && { updatedAt: model.updatedAt }),
      ...(model.licence !== undefined && { licence: model.licence }),
    };
  }

  /** A variant is here when a model came from this repository and begins with the variant's first file. */
  private installedAs({ repo }: HubRepo, { files, format }: VariantFiles): string | undefined {
    const [first] = files;
    const name = first?.path.slice(first.path.lastIndexOf('/') + 1);
    return this.deps
      .installed()
      .find(
        ({ origin, path }) =>
          origin?.repo === repo && (format === 'mlx' || path.endsWith(String(name))),
      )?.id;
  }
}

export function viewOfStatus(status: HubState): HubStatus {
  return { ...status, knownEndpoints: status.knownEndpoints.map((known) => ({ ...known })) };
}
