import { useTranslation } from 'react-i18next';
import type { FitView } from '../api.ts';
import { useFormat } from '../i18n/format.ts';

/** "Fits, 10.6 of 12 GB graphics memory, about 48 tokens per second": how a fit is spoken. */
export function useFitSentence(): (fit: FitView, hasUnifiedMemory: boolean) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return (fit, hasUnifiedMemory) => {
    const isOnCard = fit.gpuLimitBytes !== undefined && fit.verdict === 'fits';
    const [limitBytes, kind] = hasUnifiedMemory
      ? [fit.limitBytes, 'unifiedMemory']
      : isOnCard
        ? [fit.gpuLimitBytes, 'graphicsMemory']
        : [fit.limitBytes, 'memory'];
    return [
      t(`fit.${fit.verdict}`),
      t(`fit.${kind}`, {
        used: format.memory(fit.predictedBytes),
        limit: format.memory(limitBytes),
      }),
      ...(fit.tokensPerSecond === undefined
        ? []
        : [t('fit.speed', { rate: format.count(fit.tokensPerSecond) })]),
    ].join(t('fit.comma'));
  };
}
