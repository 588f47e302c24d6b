import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Select } from '../../../ui/Select.tsx';
import type { ModelOption } from '../use-model-choices.ts';
import { moveMember, withMember } from './alias-draft.ts';
import type { AliasDraft, MemberDraft } from './alias-draft.ts';
import { MemberRow } from './MemberRow.tsx';
import styles from './Models.module.css';

export interface MembersFieldProps {
  readonly draft: AliasDraft;
  readonly options: readonly ModelOption[];
  readonly onChange: (draft: AliasDraft) => void;
}

/** The members in order: drawn up and down by the pointer, or moved by buttons. */
export function MembersField({ draft, options, onChange }: MembersFieldProps) {
  const { t } = useTranslation();
  const [said, setSaid] = useState('');
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
      <MemberRows members={members} onMove={move} onChange={change} />
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

interface MemberRowsProps {
  readonly members: readonly MemberDraft[];
  readonly onMove: (from: number, to: number) => void;
  /** Undefined takes it out. */
  readonly onChange: (key: number, next: Partial<MemberDraft> | undefined) => void;
}

function MemberRows({ members, onMove, onChange }: MemberRowsProps) {
  const [dragged, setDragged] = useState<number>();
  return (
    <ol className={styles['rows']}>
      {members.map((member, index) => (
        // The arrows in it do the same from the keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
        <li
          key={member.key}
          className={styles['row']}
          data-dragged={dragged === index || undefined}
          onDragOver={(event) => {
            if (dragged === undefined) return;
            event.preventDefault();
            if (dragged === index) return;
            onMove(dragged, index);
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
              onMove(index, index + step);
            }}
            onChange={(next) => {
              onChange(member.key, next);
            }}
            onDrag={(isDragged) => {
              setDragged(isDragged ? index : undefined);
            }}
          />
        </li>
      ))}
    </ol>
  );
}
