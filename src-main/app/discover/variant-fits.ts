import type { Aim, FitView } from '../../contract/fit.ts';
import { MillpondError } from '../../core/error.ts';
import type { HubRepo, HubVariant } from '../../models/hub/hub-repo.ts';

/** What settings a fit stands for: a place of the slider, or the usual ones, by which models compare. */
export type FitAim = Aim | 'usual';

interface VariantFitsDeps {
  /** What a variant would take here; rejects when that cannot be worked out. */
  readonly predict: (
    repo: HubRepo,
    variant: HubVariant,
    aim: FitAim,
    signal: AbortSignal,
  ) => Promise<FitView>;
  /** The one to recommend among those that are known. */
  readonly recommend: (
    fits: readonly { readonly variant: HubVariant; readonly fit: FitView }[],
    aim: FitAim,
  ) => string | undefined;
  readonly publish: (news: {
    readonly repo: string;
    readonly variant: string;
    /** Absent: at usual settings. */
    readonly aim?: Aim;
    readonly fit: FitView;
    readonly isRecommended: boolean;
  }) => void;
  readonly warn: (data: object, sentence: string) => void;
}

/** More would only be repositories that nobody has on screen. */
const rememberedFits = 400;

/**
 * How the variants of a repository fit this machine. Each costs a download of its header and a plan
 * of the engine, so they are worked out one after the other, and only for the page that is open.
 */
export class VariantFits {
  private readonly deps: VariantFitsDeps;
  private readonly known = new Map<string, FitView>();
  private running: { readonly key: string; readonly stop: AbortController } | undefined;

  constructor(deps: VariantFitsDeps) {
    this.deps = deps;
  }

  /** Undefined while it is not known. */
  of(repo: HubRepo, variant: HubVariant, aim: FitAim): FitView | undefined {
    return this.known.get(keyOf(repo, variant, aim));
  }

  /** The variant to recommend among those that are known. */
  recommended(repo: HubRepo, aim: FitAim): string | undefined {
    const fits = repo.variants.flatMap((variant) => {
      const fit = this.of(repo, variant, aim);
      return fit === undefined ? [] : [{ variant, fit }];
    });
    return this.deps.recommend(fits, aim);
  }

  /** Begins to work out what is missing, and publishes each; another page's work is given up. */
  workOut(repo: HubRepo, aim: FitAim): void {
    this.begin(`${repo.repo}@${repo.commit}/${aim}`, async (signal) => {
      for (const variant of mostWantedFirst(repo.variants)) {
        if (!(await this.workOutOne(repo, variant, aim, signal))) return;
      }
    });
  }

  /** The same for single variants of several repositories. */
  workOutMany(
    wanted: readonly { readonly repo: HubRepo; readonly variant: HubVariant }[],
    aim: FitAim,
  ): void {
    const key = wanted.map(({ repo, variant }) => keyOf(repo, variant, aim)).join(' ');
    this.begin(key, async (signal) => {
      for (const { repo, variant } of wanted) {
        if (!(await this.workOutOne(repo, variant, aim, signal))) return;
      }
    });
  }

  /** One fit, from memory or worked out now. */
  async find(
    repo: HubRepo,
    variant: HubVariant,
    aim: FitAim,
    signal: AbortSignal,
  ): Promise<FitView> {
    const known = this.of(repo, variant, aim);
    if (known !== undefined) return known;
    const fit = await this.deps.predict(repo, variant, aim, signal);
    this.remember(keyOf(repo, variant, aim), fit);
    return fit;
  }

  /** Forgets everything: the machine or its limits changed. */
  clear(): void {
    this.known.clear();
  }

  dispose(): void {
    this.running?.stop.abort();
  }

  private begin(key: string, work: (signal: AbortSignal) => Promise<void>): void {
    if (this.running?.key === key) return;
    this.running?.stop.abort();
    const stop = new AbortController();
    this.running = { key, stop };
    void work(stop.signal).finally(() => {
      if (this.running?.stop === stop) this.running = undefined;
    });
  }

  /** False when it is of no use to go on with others. */
  private async workOutOne(
    repo: HubRepo,
    variant: HubVariant,
    aim: FitAim,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.of(repo, variant, aim) !== undefined) return true;
    const before = this.recommended(repo, aim);
    try {
      await this.find(repo, variant, aim, signal);
    } catch (error) {
      const { code, message } = MillpondError.from(error);
      if (code === 'cancelled') return false;
      this.deps.warn({ repo: repo.repo, variant: variant.id, code, message }, 'fit not known');
      // The next header would wait for the same network.
      return code !== 'unavailable' && code !== 'forbidden';
    }
    const after = this.recommended(repo, aim);
    for (const id of new Set([variant.id, ...(before === after ? [] : [before, after])])) {
      this.tell(repo, id, aim);
    }
    return true;
  }

  private tell(repo: HubRepo, id: string | undefined, aim: FitAim): void {
    const variant = repo.variants.find((each) => each.id === id);
    const fit = variant && this.of(repo, variant, aim);
    if (!variant || !fit) return;
    const isRecommended = this.recommended(repo, aim) === id;
    this.deps.publish({
      ...{ repo: repo.repo, variant: variant.id, fit, isRecommended },
      ...(aim !== 'usual' && { aim }),
    });
  }

  private remember(key: string, fit: FitView): void {
    this.known.delete(key);
    this.known.set(key, fit);
    const oldest = this.known.keys().next().value;
    if (this.known.size > rememberedFits && oldest !== undefined) this.known.delete(oldest);
  }
}

/** What most people take is on the way first. */
function mostWantedFirst(variants: readonly HubVariant[]): readonly HubVariant[] {
  const rank = ({ id, tier }: HubVariant): number => {
    if (/^Q4_K_M$/i.test(id)) return 0;
    return { balanced: 1, small: 2, large: 3, original: 4 }[tier];
  };
  return variants.toSorted((a, b) => rank(a) - rank(b));
}

function keyOf(repo: HubRepo, variant: HubVariant, aim: FitAim): string {
  return `${repo.repo}@${repo.commit}/${variant.id}/${aim}`;
}
