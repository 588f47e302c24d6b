import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Field } from '../../ui/Field.tsx';
import { Select } from '../../ui/Select.tsx';
import { TextInput } from '../../ui/TextInput.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import { draftOf, numberOptions, optionLimits, parseDraft } from './load-draft.ts';
import type { LoadDraft, NumberOption } from './load-draft.ts';
import { isLoaded, loadWithOptions } from './model-deeds.ts';
import styles from './ModelPanel.module.css';

export interface LoadOptionsFormProps {
  readonly model: InstalledModel;
}

const flashChoices = ['auto', 'on', 'off'] as const;

/** Every option with its effect in one sentence. Empty fields are the engine's choice. */
export function LoadOptionsForm({ model }: LoadOptionsFormProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [draft, setDraft] = useState<LoadDraft>(() => draftOf(model.options));
  const parsed = parseDraft(draft, optionLimits(model));
  const loaded = isLoaded(model);
  const set = (change: Partial<LoadDraft>) => {
    setDraft((current) => ({ ...current, ...change }));
  };
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed.ok && !deed.isBusy) void deed.run(() => loadWithOptions(model, parsed.options));
      }}
    >
      {numberOptions.map((name) => (
        <NumberOptionField
          key={name}
          model={model}
          name={name}
          text={draft[name]}
          isWrong={!parsed.ok && parsed.wrong.includes(name)}
          onChange={(text) => {
            set({ [name]: text });
          }}
        />
      ))}
      <Field label={t('models.option.flashAttention')} hint={t('models.option.flashAttentionHint')}>
        {(control) => (
          <Select
            {...control}
            value={draft.flashAttention}
            options={flashChoices.map((value) => ({ value, label: t(`models.option.${value}`) }))}
            onChange={(flashAttention) => {
              set({ flashAttention });
            }}
          />
        )}
      </Field>
      {deed.error && <ErrorNote error={deed.error} />}
      <Button
        type="submit"
        variant="primary"
        busyLabel={deed.isBusy ? t('models.applying') : undefined}
        disabledReason={parsed.ok ? undefined : t('models.option.fixFirst')}
      >
        {loaded ? t('models.reloadWith') : t('models.loadWith')}
      </Button>
    </form>
  );
}

interface NumberOptionFieldProps {
  readonly model: InstalledModel;
  readonly name: NumberOption;
  readonly text: string;
  readonly isWrong: boolean;
  readonly onChange: (text: string) => void;
}

function NumberOptionField({ model, name, text, isWrong, onChange }: NumberOptionFieldProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { min, max } = optionLimits(model)[name];
  const range = t('models.option.range', { min: format.count(min), max: format.count(max) });
  const effect = t(`models.option.${name}Hint`);
  const trained = model.trainedContextLength;
  const hint =
    name === 'contextLength' && trained !== undefined
      ? `${effect} ${t('models.option.trained', { max: format.count(trained) })}`
      : effect;
  return (
    <Field
      label={t(`models.option.${name}`)}
      hint={hint}
      error={isWrong ? range : undefined}
      aside={<CurrentValue model={model} name={name} />}
    >
      {(control) => (
        <TextInput
          {...control}
          inputMode="numeric"
          autoComplete="off"
          placeholder={t('models.option.automatic')}
          value={text}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      )}
    </Field>
  );
}

/** The value in use now, where the model is loaded and says so. */
function CurrentValue({
  model,
  name,
}: {
  readonly model: InstalledModel;
  readonly name: NumberOption;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  if (model.loaded === undefined || (name !== 'contextLength' && name !== 'slots')) return null;
  return (
    <span className={styles['now']}>
      {t('models.option.now', { value: format.count(model.loaded[name]) })}
    </span>
  );
}
