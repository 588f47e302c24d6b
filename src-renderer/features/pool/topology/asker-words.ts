import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import type { Asker } from './topology.ts';

/** Words about who asks, in the language on screen. */
export function useAskerWords() {
  const { t } = useTranslation();
  const format = useFormat();
  return {
    name: ({ name, kind }: Asker): string => {
      if (kind === 'window') return t('overview.asker.window');
      return name === '' || kind === 'keyless' ? t(`overview.asker.${kind}`) : name;
    },
    /** By what it asks, and how much runs or waits. */
    detail: ({ kind, client, answers, waiting }: Asker): string =>
      [
        kind === 'key' && client !== '' ? client : t(`overview.askerKind.${kind}`),
        answers > 0 && t('overview.answers', { count: answers, answers: format.count(answers) }),
        waiting > 0 && t('overview.inLine', { count: waiting, waiting: format.count(waiting) }),
      ]
        .filter((part) => part !== false)
        .join(', '),
  };
}
