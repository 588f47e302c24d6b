import { Cloud } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { toneIcons } from '../../../ui/StateBadge.tsx';
import type { Tone } from '../../../ui/StateBadge.tsx';
import { runsElsewhere } from '../state/model-choice.ts';
import type { InstalledModel } from '../types.ts';

export function toneOf(model: InstalledModel): Tone {
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
export function iconOf(model: InstalledModel): LucideIcon {
  const isInCloud = runsElsewhere(model) && model.problem === undefined;
  return isInCloud ? Cloud : toneIcons[toneOf(model)];
}

/** The state of a model in the words of the window, never in code names. */
export function useStateWord(model: InstalledModel | undefined): string {
  const { t } = useTranslation();
  const format = useFormat();
  if (model === undefined) return '';
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
