import { useTranslation } from 'react-i18next';
import type { PoolEvent } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';

/** An event in a sentence, naming whom, where and why as far as it is known. */
export function useEventWords(): (event: PoolEvent) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return (event) => {
    const { machine, person, to, model, reason, atToken, pauseMs } = event;
    const words = t(eventKey(event), {
      ...{ machine: machine ?? t('overview.event.aMachine'), to: to ?? '' },
      person: person === undefined || person === '' ? t('overview.event.somebody') : person,
      ...{ model: model ?? '', reason: reason ?? '' },
      ...{ token: format.count(atToken), pause: format.duration(pauseMs) },
    });
    return sentence(words);
  };
}

/** The words for a kind, with what is known about it. */
export function eventKey({ kind, reason, to, atToken, pauseMs }: PoolEvent): string {
  const key = `overview.event.${kind}`;
  switch (kind) {
    case 'answer-moved':
      if (to === undefined) return `${key}Somewhere`;
      if (atToken === undefined || atToken === 0) return `${key}Before`;
      return pauseMs === undefined ? key : `${key}After`;
    case 'machine-paused':
    case 'machine-finishing':
    case 'machine-quarantined':
    case 'answer-lost':
    case 'error-reported':
      return reason === undefined || reason === '' ? key : `${key}Because`;
    default:
      return key;
  }
}
