import { useTranslation } from 'react-i18next';
import { usePeople } from '../../../state/gateway-lists.ts';
import { useMay } from '../../../state/may.ts';
import { useMe } from '../../../state/me.ts';
import { SegmentedControl } from '../../../ui/SegmentedControl.tsx';
import { ChoiceField } from '../../pool/host/ChoiceField.tsx';
import { keyKinds } from './key-draft.ts';
import type { KeyDraft } from './key-draft.ts';
import styles from './KeyDialogs.module.css';

export interface KeyOwnerFieldsProps {
  readonly draft: KeyDraft;
  readonly onChange: (draft: KeyDraft) => void;
}

/** A person's own tools or a program; and whose key it is, for who may make them for others. */
export function KeyOwnerFields({ draft, onChange }: KeyOwnerFieldsProps) {
  const { t } = useTranslation();
  const mayChoose = useMay('makeKeysForOthers');
  return (
    <>
      <div className={styles['field']}>
        <span className={styles['label']}>{t('server.key.kind')}</span>
        <SegmentedControl
          label={t('server.key.kind')}
          value={draft.kind}
          options={keyKinds.map((value) => ({ value, label: t(`server.key.kinds.${value}`) }))}
          onChange={(kind) => {
            onChange({ ...draft, kind });
          }}
        />
      </div>
      {mayChoose && <KeyPerson draft={draft} onChange={onChange} />}
    </>
  );
}

function KeyPerson({ draft, onChange }: KeyOwnerFieldsProps) {
  const { t } = useTranslation();
  const ownId = useMe(({ me }) => me?.personId);
  const { answer: people = [] } = usePeople();
  const others = people.filter(({ id, role }) => id !== ownId && role !== 'owner');
  const names = new Map(others.map(({ id, name }) => [id, name] as const));
  if (names.size === 0) return null;
  const name = names.get(draft.personId);
  return (
    <ChoiceField
      label={t('server.key.person')}
      hint={name && t('server.key.personHint', { name })}
      value={draft.personId}
      values={['', ...names.keys()]}
      wordOf={(id) => names.get(id) ?? t('server.key.personSelf')}
      onChange={(personId) => {
        onChange({ ...draft, personId });
      }}
    />
  );
}
