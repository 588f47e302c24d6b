import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { MeasuredPair } from './MeasuredPair.tsx';

export interface SpeedPairProps {
  /** Tokens per second of one answer alone. */
  readonly predicted: number | undefined;
  readonly measured: number | undefined;
}

/** How fast it was expected to answer above how fast it does. Absent until one of them is known. */
export function SpeedPair({ predicted, measured }: SpeedPairProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (predicted === undefined && measured === undefined) return null;
  return (
    <MeasuredPair
      name={t('models.speed')}
      predicted={predicted}
      measured={measured}
      // The faster of the two leaves a third of the track, so that both can be compared.
      max={Math.max(predicted ?? 0, measured ?? 0) * 1.33}
      write={format.rate}
      speak={format.rate}
    />
  );
}
