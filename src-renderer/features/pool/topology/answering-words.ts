import { useTranslation } from 'react-i18next';
import type { PoolOverview } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useAskerWords } from './asker-words.ts';
import { answeringAt } from './topology.ts';

/** "Mara and Jon, Qwen3 14B": whom a machine answers; names only where it is certain. */
export function useAnsweringWords(machineId: string, overview: PoolOverview): string {
  const { t } = useTranslation();
  const format = useFormat();
  const names = new Intl.ListFormat(format.locale, { type: 'conjunction' });
  const askerWords = useAskerWords();
  return answeringAt(machineId, overview)
    .map(({ model, answers, askers }) => {
      const who = names.format(askers.map((asker) => askerWords.name(asker)));
      return who === ''
        ? t('overview.answeringCount', { count: answers, model })
        : t('overview.answering', { who, model });
    })
    .join(' · ');
}
