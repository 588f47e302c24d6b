import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../../api.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Select } from '../../../ui/Select.tsx';
import type { LoadDraft } from './load-draft.ts';
import styles from './EngineField.module.css';

export interface EngineFieldProps {
  readonly engines: InstalledModel['engines'];
  readonly chosen: LoadDraft['engine'];
  readonly onChange: (chosen: LoadDraft['engine']) => void;
}

/** Which program runs the model. Those that cannot are named with what is missing. */
export function EngineField({ engines, chosen, onChange }: EngineFieldProps) {
  const { t } = useTranslation();
  const usable = engines.filter(({ isUsable }) => isUsable);
  const missing = engines.filter(({ isUsable }) => !isUsable);
  const kinds = usable.map(({ kind }) => kind);
  // A choice that stopped working stays visible as the choice that it is.
  const listed = chosen === 'auto' || kinds.includes(chosen) ? kinds : [...kinds, chosen];
  return (
    <div className={styles['engine']}>
      <Field label={t('models.option.engine')} hint={t('models.option.engineHint')}>
        {(control) => (
          <Select
            {...control}
            value={chosen}
            options={(['auto', ...listed] as const).map((value) => ({
              value,
              label: value === 'auto' ? t('models.option.auto') : t(`models.engine.${value}`),
            }))}
            onChange={onChange}
          />
        )}
      </Field>
      {missing.length > 0 && (
        <ul className={styles['missing']}>
          {missing.map(({ kind, reason, command }) => (
            <li key={kind}>
              <p>
                <b>{t(`models.engine.${kind}`)}</b>{' '}
                {sentence(reason ?? t('models.option.engineMissing'))}
              </p>
              {command !== undefined && (
                <p className={styles['command']}>
                  <code>{command}</code>
                  <CopyButton text={command} label={t('models.copyCommand')} shape="icon" />
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
