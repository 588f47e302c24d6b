/**
 * The region that F6 goes to from `current`, round and round in the order of the page; backwards with
 * Shift. Undefined when there is none.
 */
export function nextRegion<Region>(
  regions: readonly Region[],
  current: Region | undefined,
  isBackwards: boolean,
): Region | undefined {
  if (regions.length === 0) return undefined;
  const at = current === undefined ? -1 : regions.indexOf(current);
  if (at === -1) return isBackwards ? regions.at(-1) : regions[0];
  const step = isBackwards ? -1 : 1;
  return regions[(at + step + regions.length) % regions.length];
}

/** Moves the focus to the next region on screen: rail, list, content, panel. */
export function focusNextRegion(isBackwards: boolean): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (region) => region.offsetParent !== null || region.getClientRects().length > 0,
  );
  const current = regions.find((region) => region.contains(document.activeElement));
  nextRegion(regions, current, isBackwards)?.focus();
}
