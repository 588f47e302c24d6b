import { useTranslation } from 'react-i18next';
import type { FitVerdict } from '../api.ts';
import { StateBadge } from './StateBadge.tsx';
import type { Tone } from './StateBadge.tsx';

export interface FitBadgeProps {
  readonly verdict: FitVerdict;
}

const tones: Readonly<Record<FitVerdict, Tone>> = { fits: 'ok', slow: 'slow', 'too-big': 'fail' };

/** *Fits*, *May be slow* or *Won't fit*: exactly these words everywhere. */
export function FitBadge({ verdict }: FitBadgeProps) {
  const { t } = useTranslation();
  return <StateBadge tone={tones[verdict]}>{t(`fit.${verdict}`)}</StateBadge>;
}
