import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import type { SiblingPlace } from '../state/tree.ts';
import styles from './Actions.module.css';

export interface BranchSwitcherProps {
  readonly place: SiblingPlace;
  readonly onSwitch: (siblingId: string) => void;
}

/** `‹ 2 of 3 ›`: walks between the versions of a message. Nothing where there is only one. */
export function BranchSwitcher({ place, onSwitch }: BranchSwitcherProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (place.ids.length < 2) return null;
  const position = { index: format.count(place.index + 1), count: format.count(place.ids.length) };
  const before = place.ids[place.index - 1];
  const after = place.ids[place.index + 1];
  return (
    <span className={styles['switcher']} role="group" aria-label={t('chat.branch.label')}>
      <IconButton
        size="row"
        icon={ChevronLeft}
        label={t('chat.branch.previous')}
        shortcut="alt+ArrowLeft"
        disabled={before === undefined}
        onClick={() => {
          if (before !== undefined) onSwitch(before);
        }}
      />
      <span>{t('chat.branch.position', position)}</span>
      <IconButton
        size="row"
        icon={ChevronRight}
        label={t('chat.branch.next')}
        shortcut="alt+ArrowRight"
        disabled={after === undefined}
        onClick={() => {
          if (after !== undefined) onSwitch(after);
        }}
      />
    </span>
  );
}
