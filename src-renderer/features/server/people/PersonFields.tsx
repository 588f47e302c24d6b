import { useTranslation } from 'react-i18next';
import { useMe } from '../../../state/me.ts';
import { Field } from '../../../ui/Field.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { ChoiceField } from '../../pool/host/ChoiceField.tsx';
import { LimitFields } from '../limits/LimitFields.tsx';
import { rolesBelow } from './person-draft.ts';
import type { PersonDraft } from './person-draft.ts';
import { PoolsField } from './PoolsField.tsx';

export interface PersonFieldsProps {
  readonly draft: PersonDraft;
  /** The role of somebody who exists is changed in the list. */
  readonly isNew?: boolean;
  readonly onChange: (draft: PersonDraft) => void;
}

export function PersonFields({ draft, isNew = false, onChange }: PersonFieldsProps) {
  const { t } = useTranslation();
  const own = useMe(({ me }) => me?.gatewayRole);
  return (
    <>
      <Field label={t('people.column.name')} hint={t('people.nameHint')}>
        {(control) => (
          <TextInput
            {...control}
            data-autofocus
            maxLength={60}
            autoComplete="off"
            value={draft.name}
            onChange={(event) => {
              onChange({ ...draft, name: event.target.value });
            }}
          />
        )}
      </Field>
      {isNew && (
        <ChoiceField
          label={t('people.column.role')}
          hint={t(`people.roleHint.${draft.role}`)}
          value={draft.role}
          values={rolesBelow(own)}
          wordOf={(role) => t(`pool.role.${role}`)}
          onChange={(role) => {
            onChange({ ...draft, role });
          }}
        />
      )}
      <PoolsField
        chosen={draft.pools}
        hint={t(isNew ? 'people.pools.hint' : 'people.pools.hintOfChange')}
        onChange={(pools) => {
          onChange({ ...draft, pools });
        }}
      />
      <LimitFields
        draft={draft.limits}
        onChange={(limits) => {
          onChange({ ...draft, limits });
        }}
      />
    </>
  );
}
