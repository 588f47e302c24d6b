import { useTranslation } from 'react-i18next';
import { useMemberships } from '../../../state/memberships.ts';
import { usePools } from '../../../state/pools.ts';
import { Field } from '../../../ui/Field.tsx';
import { TextArea, TextInput } from '../../../ui/TextInput.tsx';
import { ChoiceField } from '../../pool/host/ChoiceField.tsx';
import { ModelChoice } from '../../pool/ModelChoice.tsx';
import { LimitFields } from '../limits/LimitFields.tsx';
import { useModelOptions } from '../use-model-choices.ts';
import { keyPrivacies, keySpans } from './key-draft.ts';
import type { KeyDraft } from './key-draft.ts';
import styles from './KeyDialogs.module.css';
import { KeyOwnerFields } from './KeyOwnerFields.tsx';

export interface KeyFieldsProps {
  readonly draft: KeyDraft;
  /** A key that exists keeps its person, its kind and its pool. */
  readonly isNew: boolean;
  readonly onChange: (draft: KeyDraft) => void;
}

/** Whose key it is, what it may ask, how long, how much, and from where. */
export function KeyFields({ draft, isNew, onChange }: KeyFieldsProps) {
  const { t } = useTranslation();
  const spans = isNew ? keySpans.filter((span) => span !== 'kept') : keySpans;
  return (
    <div className={styles['fields']}>
      <KeyName
        name={draft.name}
        onChange={(name) => {
          onChange({ ...draft, name });
        }}
      />
      {isNew && <KeyOwnerFields draft={draft} onChange={onChange} />}
      <ReaderFields {...{ draft, isNew, onChange }} />
      <ChoiceField
        label={t('server.key.span')}
        value={draft.span}
        values={spans}
        wordOf={(span) => t(`server.key.spans.${span}`)}
        onChange={(span) => {
          onChange({ ...draft, span });
        }}
      />
      <KeyModels draft={draft} onChange={onChange} />
      <LimitFields
        draft={draft.limits}
        onChange={(limits) => {
          onChange({ ...draft, limits });
        }}
      />
      <PlacesAndTags draft={draft} onChange={onChange} />
    </div>
  );
}

function KeyName({ name, onChange }: { readonly name: string; onChange: (name: string) => void }) {
  const { t } = useTranslation();
  return (
    <Field label={t('server.key.name')} hint={t('server.nameHint')}>
      {(control) => (
        <TextInput
          {...control}
          data-autofocus
          maxLength={80}
          autoComplete="off"
          value={name}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      )}
    </Field>
  );
}

/** Pools and readers matter only where there is a pool. */
function ReaderFields({ draft, isNew, onChange }: KeyFieldsProps) {
  const { t } = useTranslation();
  const pools = usePools((state) => state.pools) ?? [];
  const memberships = useMemberships((state) => state.memberships) ?? [];
  const names = new Map([
    ...pools.map(({ id, name }) => [id, name] as const),
    ...memberships.map(({ poolId, poolName }) => [poolId, poolName] as const),
  ]);
  if (names.size === 0) return null;
  return (
    <>
      {isNew && (
        <ChoiceField
          label={t('server.key.pool')}
          hint={t('server.key.poolHint')}
          value={draft.poolId}
          values={['', ...names.keys()]}
          wordOf={(id) =>
            names.get(id) ??
            t(draft.personId === '' ? 'server.key.poolAny' : 'server.key.poolAnyTheirs')
          }
          onChange={(poolId) => {
            onChange({ ...draft, poolId });
          }}
        />
      )}
      <ChoiceField
        label={t('server.key.privacy')}
        value={draft.privacy}
        values={keyPrivacies}
        wordOf={(privacy) => t(`server.key.privacyWord.${privacy}`)}
        onChange={(privacy) => {
          onChange({ ...draft, privacy });
        }}
      />
    </>
  );
}

function KeyModels({ draft, onChange }: Omit<KeyFieldsProps, 'isNew'>) {
  const { t } = useTranslation();
  const options = useModelOptions();
  // A model that nobody has now stays chosen.
  const gone = (draft.models ?? []).filter((id) => options.every((option) => option.id !== id));
  const choices = [...options, ...gone.map((id) => ({ id, name: id }))];
  if (choices.length === 0) return null;
  return (
    <ModelChoice
      label={t('server.key.modelsTitle')}
      allLabel={t('server.key.allModels')}
      choices={choices}
      models={draft.models}
      onChange={(models) => {
        onChange({ ...draft, models });
      }}
    />
  );
}

function PlacesAndTags({ draft, onChange }: Omit<KeyFieldsProps, 'isNew'>) {
  const { t } = useTranslation();
  return (
    <>
      <Field label={t('server.key.places')} hint={t('server.key.placesHint')}>
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            className={styles['code']}
            spellCheck={false}
            value={draft.allowedIps}
            onChange={(event) => {
              onChange({ ...draft, allowedIps: event.target.value });
            }}
          />
        )}
      </Field>
      <Field label={t('server.key.tags')} hint={t('server.key.tagsHint')}>
        {(control) => (
          <TextInput
            {...control}
            autoComplete="off"
            value={draft.tags}
            onChange={(event) => {
              onChange({ ...draft, tags: event.target.value });
            }}
          />
        )}
      </Field>
    </>
  );
}
