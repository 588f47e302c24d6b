import { Cloud } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { toneIcons } from '../../../ui/StateBadge.tsx';
import type { Tone } from '../../../ui/StateBadge.tsx';
import { isUsable, runsElsewhere } from '../state/model-choice.ts';
import { sentence } from '../../../i18n/sentence.ts';
import type { ChatModel } from '../types.ts';

export function toneOf(model: ChatModel): Tone {
  if (model.absence !== undefined) return 'slow';
  if (model.problem !== undefined) return 'fail';
  if (runsElsewhere(model)) return 'work';
  switch (model.state.phase) {
    case 'ready':
      return model.state.notice === undefined ? 'ok' : 'slow';
    case 'loading':
    case 'draining':
      return 'work';
    case 'failed':
      return 'fail';
    case 'installed':
      return 'rest';
  }
}

/** The shape of its state; a cloud where another company reads along. */
export function iconOf(model: ChatModel): LucideIcon {
  const isInCloud = runsElsewhere(model) && isUsable(model);
  return isInCloud ? Cloud : toneIcons[toneOf(model)];
}

/** The state of a model in the words of the window, never in code names. */
export function useStateWord(model: ChatModel | undefined): string {
  const { t } = useTranslation();
  const format = useFormat();
  if (model === undefined) return '';
  if (model.absence !== undefined) return t('chat.state.unreachable');
  if (model.problem !== undefined) return model.problem;
  if (runsElsewhere(model)) return t('models.runsElsewhere');
  const { state } = model;
  switch (state.phase) {
    case 'ready':
      return state.notice ?? t('chat.state.ready');
    case 'loading':
      return t('chat.state.loading', { percent: format.percent(state.share) });
    case 'draining':
      return t('chat.state.finishing');
    case 'failed':
      return t('chat.state.failed', { reason: state.reason });
    case 'installed':
      return t('chat.state.installed');
  }
}

/** Why a model cannot be asked now, in a sentence or two; undefined while it can. */
export function useUnreachable(model: ChatModel | undefined): string | undefined {
  const { t } = useTranslation();
  if (model?.absence === undefined) return model?.problem && sentence(model.problem);
  const { absence } = model;
  switch (absence.why) {
    case 'offline': {
      const words = t('chat.unreachable.offline', { pool: absence.pool });
      return absence.problem === '' ? words : `${words} ${sentence(absence.problem)}`;
    }
    case 'unoffered':
      return t('chat.unreachable.unoffered', { pool: absence.pool });
    case 'gone':
      return t('chat.unreachable.gone');
  }
}
