import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Aim, HubVariant } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Note } from '../../../ui/Note.tsx';
import { Slider } from '../../../ui/Slider.tsx';
import { useFitReason } from '../../../ui/use-fit-reason.ts';
import styles from './LeanSlider.module.css';

export interface LeanSliderProps {
  readonly aim: Aim;
  readonly onAim: (aim: Aim) => void;
  readonly variants: readonly HubVariant[];
}

const aims = ['speed', 'context', 'quality'] as const;

/** What matters more: faster answers, a longer context, or a larger quantization. */
export function LeanSlider({ aim, onAim, variants }: LeanSliderProps) {
  const { t } = useTranslation();
  const id = useId();
  const recommended = variants.find((variant) => variant.isRecommended);
  const outcome = useOutcome(recommended);
  const fitReason = useFitReason();
  const reason = recommended?.fit && fitReason(recommended.fit);
  const isFine = recommended?.fit?.verdict === 'fits';
  return (
    <div className={styles['lean']}>
      <div className={styles['slider']}>
        <p className={styles['head']}>
          <label htmlFor={id}>{t('discover.lean.label')}</label>
          <output htmlFor={id}>{outcome}</output>
        </p>
        <Slider
          id={id}
          min={0}
          max={aims.length - 1}
          step={1}
          value={aims.indexOf(aim)}
          aria-valuetext={t(`discover.lean.${aim}`)}
          onChange={(position) => {
            onAim(aims[position] ?? 'context');
          }}
        />
        <p aria-hidden className={styles['ends']}>
          {aims.map((name) => (
            <span key={name}>{t(`discover.lean.${name}`)}</span>
          ))}
        </p>
      </div>
      {reason !== undefined && (
        <Note tone={isFine ? 'ok' : 'slow'} title={reason} className={styles['reason']} />
      )}
    </div>
  );
}

/** "Balanced at 16,384 tokens, about 48 tok/s"; as much of it as is known. */
function useOutcome(variant: HubVariant | undefined): string {
  const { t } = useTranslation();
  const format = useFormat();
  if (variant?.fit === undefined) return '';
  const { contextLength, tokensPerSecond } = variant.fit;
  const words = t('discover.lean.outcome', {
    tier: t(`discover.tier.${variant.tier}`),
    tokens: format.count(contextLength),
  });
  if (tokensPerSecond === undefined) return words;
  const rate = t('discover.about', { value: format.roughRate(tokensPerSecond) });
  return `${words}${t('fit.comma')}${rate}`;
}
