import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { ListedAlias } from '../../../api.ts';
import { Field } from '../../../ui/Field.tsx';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { useModelOptions } from '../use-model-choices.ts';
import { aliasDraftOf, aliasOf, aliasProblem, cloudMembers } from './alias-draft.ts';
import type { AliasDraft } from './alias-draft.ts';
import { MembersField } from './MembersField.tsx';
import styles from './Models.module.css';

export interface AliasDialogProps {
  /** The one to change; absent makes another. */
  readonly alias?: ListedAlias;
  readonly aliases: readonly ListedAlias[];
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** A name, who is asked for it in order, and whether another company may be. */
export function AliasDialog({ alias, aliases, onSaved, onClose }: AliasDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [draft, setDraft] = useState(() => aliasDraftOf(alias));
  const others = aliases.filter(({ name }) => name !== alias?.name);
  const options = useModelOptions(others);
  const problem = aliasProblem(draft);

  async function keep(): Promise<void> {
    const saved = aliasOf(draft);
    await api.aliases.save(saved);
    // Under a new name it is another alias: the old one goes once the new one stands.
    if (alias !== undefined && alias.name !== saved.name) {
      await api.aliases.remove({ name: alias.name });
    }
    onSaved();
    onClose();
  }

  return (
    <FormDialog
      title={alias === undefined ? t('aliases.add') : t('aliases.changeName', { name: alias.name })}
      size="medium"
      deed={deed}
      submitLabel={t('common.save')}
      busyLabel={t('common.saving')}
      problem={problem && t(`aliases.draftProblem.${problem}`)}
      onSubmit={() => void deed.run(keep)}
      onClose={onClose}
    >
      <Field label={t('aliases.name')} hint={t('aliases.nameHint')}>
        {(control) => (
          <TextInput
            {...control}
            data-autofocus
            maxLength={200}
            autoComplete="off"
            spellCheck={false}
            className={styles['mono']}
            value={draft.name}
            onChange={(event) => {
              setDraft({ ...draft, name: event.target.value });
            }}
          />
        )}
      </Field>
      <MembersField draft={draft} options={options} onChange={setDraft} />
      <CloudSwitch draft={draft} options={options} onChange={setDraft} />
    </FormDialog>
  );
}

interface CloudSwitchProps {
  readonly draft: AliasDraft;
  readonly options: ReturnType<typeof useModelOptions>;
  readonly onChange: (draft: AliasDraft) => void;
}

/** Says who reads the prompts, with the names of those companies. */
function CloudSwitch({ draft, options, onChange }: CloudSwitchProps) {
  const { t } = useTranslation();
  const id = useId();
  const cloud = cloudMembers(draft.members, options);
  const names = [...new Set(cloud.map(({ provider }) => provider))].join(', ');
  const key = cloud.length === 0 ? 'none' : draft.cloud ? 'on' : 'off';
  return (
    <div className={styles['cloud']}>
      <div>
        <p id={id} className={styles['cloudName']}>
          {t('aliases.cloud')}
        </p>
        <p id={`${id}-hint`} className={styles['hint']}>
          {t(`aliases.cloudHint.${key}`, { names })}
        </p>
      </div>
      <Switch
        checked={draft.cloud}
        aria-labelledby={id}
        aria-describedby={`${id}-hint`}
        onChange={(next) => {
          onChange({ ...draft, cloud: next });
        }}
      />
    </div>
  );
}
