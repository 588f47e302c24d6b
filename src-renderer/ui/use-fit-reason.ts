import { useTranslation } from 'react-i18next';
import type { FitView } from '../api.ts';
import { useFormat } from '../i18n/format.ts';

/** Why something does not simply fit, as a sentence; undefined when it does. `instead` names what would. */
export function useFitReason(): (fit: FitView, instead?: string) => string | undefined {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ reason }, instead) => {
    switch (reason?.kind) {
      case undefined:
        return undefined;
      case 'on-processor':
        return t('fit.reason.onProcessor');
      case 'partly-on-processor': {
        const { gpuLayers, layers } = reason;
        return t('fit.reason.partly', { some: format.count(gpuLayers), all: format.count(layers) });
      }
      case 'slower-than-reading':
        return t('fit.reason.slow', { rate: format.roughRate(reason.tokensPerSecond) });
      case 'lacks-memory': {
        const missing = format.memory(reason.missingBytes);
        return instead === undefined
          ? t('fit.reason.lacks', { missing })
          : t('fit.reason.lacksInstead', { missing, instead });
      }
    }
  };
}
