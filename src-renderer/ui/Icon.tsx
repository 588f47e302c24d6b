import type { LucideIcon } from 'lucide-react';

export interface IconProps {
  readonly of: LucideIcon;
  /** CSS pixels: 16, or 14 in badges and 20 in the bottom bar. */
  readonly size?: 14 | 16 | 20;
  readonly className?: string | undefined;
}

/** A picture beside a word; never spoken. */
export function Icon({ of: Drawing, size = 16, className }: IconProps) {
  return <Drawing aria-hidden size={size} strokeWidth={1.75} className={className} />;
}
