import type { FitView, HubVariant } from '../../../api.ts';

/** What was worked out for one variant since the page was asked for. */
export interface FitNews {
  readonly variant: string;
  readonly fit: FitView;
  readonly isRecommended: boolean;
}

/** News in the order in which they came, one for each variant. */
export function withNews(news: readonly FitNews[], latest: FitNews): readonly FitNews[] {
  return [...news.filter((known) => known.variant !== latest.variant), latest];
}

/**
 * The variants with what is known by now. At most one is recommended: the one that was said last,
 * because only with all fits known is the answer final.
 */
export function variantsWithFits(
  variants: readonly HubVariant[],
  news: readonly FitNews[],
): readonly HubVariant[] {
  const newsOf = (variant: HubVariant) => news.findLast((known) => known.variant === variant.id);
  const recommended =
    news.findLast((known) => known.isRecommended)?.variant ??
    variants.find((variant) => variant.isRecommended && newsOf(variant) === undefined)?.id;
  return variants.map((variant) => {
    const fit = newsOf(variant)?.fit ?? variant.fit;
    const isRecommended = variant.id === recommended;
    return fit === undefined ? { ...variant, isRecommended } : { ...variant, isRecommended, fit };
  });
}

/** The variant whose details are shown: what was chosen, asked for, recommended, or the first. */
export function shownVariant(
  variants: readonly HubVariant[],
  ...wanted: readonly (string | undefined)[]
): HubVariant | undefined {
  for (const name of wanted) {
    const found = variants.find((variant) => variant.id.toLowerCase() === name?.toLowerCase());
    if (found !== undefined) return found;
  }
  return variants.find((variant) => variant.isRecommended) ?? variants[0];
}
