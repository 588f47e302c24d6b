import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Field } from '../../../ui/Field.tsx';
import { Select } from '../../../ui/Select.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { cacheTypes } from './load-draft.ts';
import type { LoadDraft } from './load-draft.ts';
import styles from './ChoiceFields.module.css';

export interface CacheFieldProps {
  readonly value: LoadDraft['cacheType'];
  readonly onChange: (change: Pick<LoadDraft, 'cacheType'>) => void;
}

/** How exactly the context is kept in memory. */
export function CacheField({ value, onChange }: CacheFieldProps) {
  const { t } = useTranslation();
  return (
    <Field label={t('models.option.cacheType')} hint={t('models.option.cacheTypeHint')}>
      {(control) => (
        <Select
          {...control}
          value={value}
          options={[
            { value: 'auto', label: t('models.option.auto') },
            ...cacheTypes.map((type) => ({ value: type, label: t(`models.option.cache.${type}`) })),
          ]}
          onChange={(cacheType) => {
            onChange({ cacheType });
          }}
        />
      )}
    </Field>
  );
}

const flashChoices = ['auto', 'on', 'off'] as const;

export interface FlashFieldProps {
  readonly value: LoadDraft['flashAttention'];
  readonly onChange: (change: Pick<LoadDraft, 'flashAttention'>) => void;
}

export function FlashField({ value, onChange }: FlashFieldProps) {
  const { t } = useTranslation();
  return (
    <Field label={t('models.option.flashAttention')} hint={t('models.option.flashAttentionHint')}>
      {(control) => (
        <Select
          {...control}
          value={value}
          options={flashChoices.map((choice) => ({
            value: choice,
            label: t(`models.option.${choice}`),
          }))}
          onChange={(flashAttention) => {
            onChange({ flashAttention });
          }}
        />
      )}
    </Field>
  );
}

export interface RememberFieldProps {
  readonly isRemembered: boolean;
  readonly onChange: (isRemembered: boolean) => void;
}

/** Off: the options hold for the next load only. */
export function RememberField({ isRemembered, onChange }: RememberFieldProps) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div className={styles['remember']}>
      <label htmlFor={id}>{t('models.option.remember')}</label>
      <Switch id={id} checked={isRemembered} onChange={onChange} />
    </div>
  );
}
