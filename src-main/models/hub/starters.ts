import type { HubRepo, HubVariant } from './hub-repo.ts';
import type { StarterEntry, StarterPurpose } from './starters-data.ts';

/** A starter with what the hub says about it. */
export interface StarterModel {
  readonly entry: StarterEntry;
  readonly repo: HubRepo;
}

/** A starter with the variant that would be taken on this machine. */
export interface StarterCandidate extends StarterModel {
  readonly variant: HubVariant;
}

/** What this machine would make of a candidate, as far as it is known. */
export interface StarterFit {
  readonly verdict: 'fits' | 'slow' | 'too-big';
  readonly tokensPerSecond?: number;
}

export interface PickedStarter extends StarterCandidate {
  readonly fit?: StarterFit;
  readonly isRecommended: boolean;
}

const purposeOrder: readonly StarterPurpose[] = [
  'all-round',
  'quick',
  'vision',
  'code',
  'reasoning',
  'best',
  'small',
];
const shownStarters = 6;
/** Weights are not all: a cache for the context and the engine itself come on top. */
export const memoryPerFileByte = 1.15;
/** About as fast as people read; slower than this nobody is sent to first. */
const comfortableTokensPerSecond = 8;

/**
 * The few that are worth an exact prediction: per purpose the largest and the smallest whose files
 * leave room in `limitBytes` of memory, in their preferred quantization or the largest below it.
 * Where nothing has room, the smallest of all.
 */
export function shortlistStarters(
  models: readonly StarterModel[],
  limitBytes: number,
): readonly StarterCandidate[] {
  const all = models.flatMap(({ entry, repo }) => {
    const variant = pickVariant(entry, repo.variants, limitBytes);
    return variant === undefined ? [] : [{ entry, repo, variant }];
  });
  const roomy = all.filter(({ variant }) => hasRoom(variant, limitBytes));
  if (roomy.length === 0) return all.toSorted((a, b) => weightOf(a) - weightOf(b)).slice(0, 1);
  return purposeOrder.flatMap((purpose) =>
    roomy
      .filter(({ entry }) => entry.purpose === purpose)
      .toSorted((a, b) => sizeOf(b) - sizeOf(a))
      // The smallest stands in where the largest turns out to be slow.
      .filter((_, index, all) => index === 0 || index === all.length - 1),
  );
}

/**
 * About six, the best first: of each purpose the most capable that fits, then more that fit, then
 * what is slow. At most one is recommended: one that fits and answers at a comfortable speed, or the
 * quickest that fits where none does.
 * `fitOf` gives what is known of a candidate.
 */
export function pickStarters(
  candidates: readonly StarterCandidate[],
  fitOf: (candidate: StarterCandidate) => StarterFit | undefined,
): readonly PickedStarter[] {
  const judged = candidates.map((candidate) => ({ candidate, fit: fitOf(candidate) }));
  const usable = judged.filter(({ fit }) => fit?.verdict !== 'too-big');
  // With nothing that fits, the smallest is still shown with its reason.
  const ranked = (usable.length > 0 ? usable : judged).toSorted(byWorth);
  const firstOfPurpose = purposeOrder.flatMap(
    (purpose) => ranked.find(({ candidate }) => candidate.entry.purpose === purpose) ?? [],
  );
  const chosen = [...new Set([...firstOfPurpose, ...ranked])].slice(0, shownStarters);
  const recommended = chosen.find(isRecommendable) ?? quickest(chosen);
  return chosen
    .toSorted((a, b) => Number(b === recommended) - Number(a === recommended))
    .map((one) => ({
      ...one.candidate,
      ...(one.fit !== undefined && { fit: one.fit }),
      isRecommended: one === recommended,
    }));
}

interface Judged {
  readonly candidate: StarterCandidate;
  readonly fit: StarterFit | undefined;
}

/** First how well it fits, then how much it can; among those that are not comfortable the quicker. */
function byWorth(a: Judged, b: Judged): number {
  const step = rankOf(a.fit) - rankOf(b.fit);
  if (step !== 0) return step;
  const bigger = sizeOf(b.candidate) - sizeOf(a.candidate);
  return a.fit === undefined || isRecommendable(a) ? bigger : -bigger;
}

/** Of those that fit, as far as it is known. */
function quickest(judged: readonly Judged[]): Judged | undefined {
  const speedOf = ({ fit }: Judged): number => fit?.tokensPerSecond ?? Number.MAX_VALUE;
  return judged.filter(({ fit }) => isFitting(fit)).toSorted((a, b) => speedOf(b) - speedOf(a))[0];
}

function rankOf(fit: StarterFit | undefined): number {
  if (fit === undefined) return 2;
  if (fit.verdict === 'fits') return isComfortable(fit) ? 0 : 1;
  return fit.verdict === 'slow' ? 3 : 4;
}

function isRecommendable({ fit }: Judged): boolean {
  return fit?.verdict === 'fits' && isComfortable(fit);
}

function isFitting(fit: StarterFit | undefined): boolean {
  return fit === undefined || fit.verdict === 'fits';
}

function isComfortable({ tokensPerSecond }: StarterFit): boolean {
  return (tokensPerSecond ?? Infinity) >= comfortableTokensPerSecond;
}

/** The preferred one, else the largest below it that has room, else the smallest there is. */
function pickVariant(
  entry: StarterEntry,
  variants: readonly HubVariant[],
  limitBytes: number,
): HubVariant | undefined {
  const preferred = variants.find(({ id }) => id === entry.quantization);
  if (preferred !== undefined && hasRoom(preferred, limitBytes)) return preferred;
  const below = preferred?.sizeBytes ?? Infinity;
  const smaller = variants.filter(
    (variant) =>
      variant.tier !== 'original' && variant.sizeBytes <= below && hasRoom(variant, limitBytes),
  );
  return smaller.toSorted((a, b) => b.sizeBytes - a.sizeBytes)[0] ?? preferred ?? variants[0];
}

function hasRoom(variant: HubVariant, limitBytes: number): boolean {
  return variant.sizeBytes * memoryPerFileByte <= limitBytes;
}

/** What it can: parameters where the hub knows them, else how much there is to download. */
function sizeOf({ repo, variant }: StarterCandidate): number {
  return repo.parameterCount ?? variant.sizeBytes;
}

function weightOf({ variant }: StarterCandidate): number {
  return variant.sizeBytes;
}
