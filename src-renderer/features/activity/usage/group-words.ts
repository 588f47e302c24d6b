import type { TFunction } from 'i18next';
import type { UsageGrouping } from '../../../api.ts';

/** How a row is called: by its own name, or by what it means that it has none. */
export function groupName(
  { group, label }: { readonly group: string; readonly label: string },
  by: UsageGrouping,
  t: TFunction,
): string {
  return group === '' ? t(`usage.nobody.${by}`) : label;
}
