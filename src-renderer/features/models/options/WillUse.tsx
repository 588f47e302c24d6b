import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { useMachine } from '../../../state/machine.ts';
import { FitBadge } from '../../../ui/FitBadge.tsx';
import { fitScale } from '../../../ui/fit-scale.ts';
import { Meter } from '../../../ui/Meter.tsx';
import type { LoadOptions } from './load-draft.ts';
import type { Prediction } from './use-prediction.ts';
import { useFitReason } from '../../../ui/use-fit-reason.ts';
import styles from './WillUse.module.css';

export interface WillUseProps {
  readonly model: InstalledModel;
  /** As they stand in the form; undefined while a field is wrong. */
  readonly options: LoadOptions | undefined;
  readonly prediction: Prediction;
}

const levels = { fits: 'fine', slow: 'slow', 'too-big': 'over' } as const;

/** The level that these options would reach, where it stood before, and the verdict in words. */
export function WillUse({ model, options, prediction }: WillUseProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const isUnified = useMachine(({ system }) => system?.machine.hasUnifiedMemory ?? false);
  const { fit, before, error } = prediction;
  if (error !== undefined) {
    return <p className={styles['quiet']}>{sentence(error.message)}</p>;
  }
  if (fit === undefined) {
    return <p className={styles['quiet']}>{t('models.willUse.workingOut')}</p>;
  }
  const scale = fitScale([fit, before], isUnified);
  if (scale === undefined) return null;
  const amounts = {
    used: format.memory(fit.predictedBytes),
    limit: format.memory(fit.limitBytes),
  };
  return (
    <section aria-label={t('models.willUse.title')} className={styles['use']}>
      <p className={styles['line']}>
        <b>{t('models.willUse.title')}</b>
        <b>{t('models.willUse.amount', amounts)}</b>
      </p>
      <Meter
        label={t('models.willUse.title')}
        valueText={t('models.willUse.spoken', amounts)}
        value={fit.predictedBytes}
        max={scale.maxBytes}
        sill={scale.gpuBytes ?? scale.limitBytes}
        secondSill={scale.gpuBytes === undefined ? undefined : scale.limitBytes}
        before={before !== undefined && before !== fit ? before.predictedBytes : undefined}
        tone={levels[fit.verdict]}
      />
      <p role="status" className={styles['line']}>
        <FitBadge verdict={fit.verdict} />
        {fit.tokensPerSecond !== undefined && (
          <span>{t('models.willUse.speed', { rate: format.roughRate(fit.tokensPerSecond) })}</span>
        )}
      </p>
      <Remarks model={model} options={options} prediction={prediction} />
    </section>
  );
}

/** What the level alone does not say, a sentence each. */
function Remarks({ model, options, prediction: { fit, before } }: WillUseProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const isUnified = useMachine(({ system }) => system?.machine.hasUnifiedMemory ?? false);
  const fitReason = useFitReason();
  if (fit === undefined) return null;
  const wanted = options?.contextLength;
  const remarks = [
    fit.gpuLimitBytes !== undefined &&
      !isUnified &&
      t('models.willUse.graphics', {
        used: format.memory(fit.gpuBytes),
        limit: format.memory(fit.gpuLimitBytes),
      }),
    wanted !== undefined &&
      fit.contextLength < wanted &&
      t('models.willUse.smaller', {
        context: format.count(fit.contextLength),
        wanted: format.count(wanted),
      }),
    fitReason(fit) ?? false,
    model.loaded !== undefined && fit !== before && t('models.willUse.nothingYet'),
  ].filter((remark) => typeof remark === 'string');
  return remarks.map((remark) => (
    <p key={remark} className={styles['quiet']}>
      {remark}
    </p>
  ));
}
