import { ArrowDown, ArrowUp, GripVertical, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/Icon.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Select } from '../../../ui/Select.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import type { ModelOption } from '../use-model-choices.ts';
import { isQueueLimit, moveMember, withMember } from './alias-draft.ts';
import type { AliasDraft, MemberDraft } from './alias-draft.ts';
import styles from './Models.module.css';

export interface MembersFieldProps {
  readonly draft: AliasDraft;
  readonly options: readonly ModelOption[];
  readonly onChange: (draft: AliasDraft) => void;
}

/** The members in order: drawn up and down by the pointer, or moved by buttons. */
export function MembersField({ draft, options, onChange }: MembersFieldProps) {
  const { t } = useTranslation();
  const [dragged, setDragged] = useState<number>();
  const [said, setSaid] = useState('');
  const list = useRef<HTMLOListElement>(null);
  const { members } = draft;
  const move = (from: number, to: number) => {
    const next = moveMember(members, from, to);
    if (next === members) return;
    onChange({ ...draft, members: next });
    setSaid(t('aliases.moved', { model: members[from]?.model, place: to + 1 }));
  };
  const change = (key: number, next: Partial<MemberDraft> | undefined) => {
    onChange({
      ...draft,
      members: members.flatMap((member) =>
        member.key !== key ? [member] : next === undefined ? [] : [{ ...member, ...next }],
      ),
    });
  };
  return (
    <fieldset className={styles['editor']}>
      <legend>{t('aliases.members')}</legend>
      <p className={styles['hint']}>{t('aliases.membersHint')}</p>
      <ol ref={list} className={styles['rows']}>
        {members.map((member, index) => (
          <li
            key={member.key}
            className={styles['row']}
            data-dragged={dragged === index || undefined}
            onDragOver={(event) => {
              if (dragged === undefined) return;
              event.preventDefault();
              if (dragged === index) return;
              move(dragged, index);
              setDragged(index);
            }}
            onDrop={(event) => {
              event.preventDefault();
            }}
          >
            <MemberRow
              member={member}
              isFirst={index === 0}
              isLast={index === members.length - 1}
              onMove={(step) => {
                move(index, index + step);
              }}
              onChange={(next) => {
                change(member.key, next);
              }}
              onDrag={(isDragged) => {
                setDragged(isDragged ? index : undefined);
              }}
            />
          </li>
        ))}
      </ol>
      <AddMember draft={draft} options={options} onChange={onChange} />
      <p role="status" className="visually-hidden">
        {said}
      </p>
    </fieldset>
  );
}

function AddMember({ draft, options, onChange }: MembersFieldProps) {
  const { t } = useTranslation();
  return (
    <Select
      aria-label={t('aliases.addMember')}
      value=""
      options={[
        { value: '', label: t('aliases.addMember') },
        ...options.map(({ id, name, provider }) => ({
          value: id,
          label: provider === undefined ? name : t('aliases.ofProvider', { name, provider }),
        })),
      ]}
      onChange={(model) => {
        if (model !== '') onChange(withMember(draft, model));
      }}
    />
  );
}

interface MemberRowProps {
  readonly member: MemberDraft;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly onMove: (step: -1 | 1) => void;
  /** Undefined takes it out. */
  readonly onChange: (next: Partial<MemberDraft> | undefined) => void;
  readonly onDrag: (isDragged: boolean) => void;
}

function MemberRow({ member, isFirst, isLast, onMove, onChange, onDrag }: MemberRowProps) {
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
            onChange(undefined);
          }}
        />
      </span>
    </>
  );
}
