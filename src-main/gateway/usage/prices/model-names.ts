/**
 * The names under which a price may stand, the most exact first: the name itself, then without the date
 * of its release or `-latest`. Nothing else is dropped: a size, a version or a mode is another price, and
 * four digits (`-0905`) are versions that were priced differently.
 */
export function priceNames(model: string): readonly string[] {
  const name = model.toLowerCase();
  const base = name.replace(releaseSuffix, '');
  return base === name || base === '' ? [name] : [name, base];
}

/** `-2025-08-07`, `-20250929`, `@20250929` or `-latest`, at the end only. */
const releaseSuffix =
  /(?:[-@]20\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|[-@]20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|-latest)$/;
