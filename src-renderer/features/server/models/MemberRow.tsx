import { ArrowDown, ArrowUp, GripVertical, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/Icon.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { isQueueLimit } from './alias-draft.ts';
import type { MemberDraft } from './alias-draft.ts';
import styles from './Models.module.css';

export interface MemberRowProps {
  readonly member: MemberDraft;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly onMove: (step: -1 | 1) => void;
  /** Undefined takes it out. */
  readonly onChange: (next: Partial<MemberDraft> | undefined) => void;
  readonly onDrag: (isDragged: boolean) => void;
}

export function MemberRow({ member, isFirst, isLast, onMove, onChange, onDrag }: MemberRowProps) {
  const { t } = useTranslation();
  const { model, maxQueueSeconds } = member;
  return (
    <>
      <span
        aria-hidden
        draggable
        className={styles['grip']}
        onDragStart={(event) => {
          event.dataTransfer.effectAllowed = 'move';
          event.dataTransfer.setData('text/plain', model);
          onDrag(true);
        }}
        onDragEnd={() => {
          onDrag(false);
        }}
      >
        <Icon of={GripVertical} />
      </span>
      <code className={styles['memberName']}>{model}</code>
      <label className={styles['queue']}>
        <span>{t('aliases.queue')}</span>
        <TextInput
          inputMode="decimal"
          aria-label={t('aliases.queueOf', { model })}
          aria-invalid={isQueueLimit(maxQueueSeconds) ? undefined : true}
          placeholder="–"
          value={maxQueueSeconds}
          onChange={(event) => {
            onChange({ maxQueueSeconds: event.target.value });
          }}
        />
        <span>s</span>
      </label>
      <MemberMoves
        {...{ model, isFirst, isLast, onMove }}
        onTakeOut={() => {
          onChange(undefined);
        }}
      />
    </>
  );
}

interface MemberMovesProps extends Pick<MemberRowProps, 'isFirst' | 'isLast' | 'onMove'> {
  readonly model: string;
  readonly onTakeOut: () => void;
}

function MemberMoves({ model, isFirst, isLast, onMove, onTakeOut }: MemberMovesProps) {
  const { t } = useTranslation();
  return (
    <span className={styles['moves']}>
      <IconButton
        size="row"
        icon={ArrowUp}
        label={t('aliases.up', { model })}
        aria-disabled={isFirst || undefined}
        onClick={() => {
          onMove(-1);
        }}
      />
      <IconButton
        size="row"
        icon={ArrowDown}
        label={t('aliases.down', { model })}
        aria-disabled={isLast || undefined}
        onClick={() => {
          onMove(1);
        }}
      />
      <IconButton
        size="row"
        icon={X}
        label={t('aliases.takeOut', { model })}
        onClick={() => {
          onTakeOut();
        }}
      />
    </span>
  );
}
