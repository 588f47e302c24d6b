import { useId } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import styles from './SettingRow.module.css';

/** Give these to the control of a row. */
export interface SettingControl {
  readonly id: string;
  readonly 'aria-describedby': string;
}

export interface SettingRowProps {
  readonly name: string;
  /** One sentence on the effect. */
  readonly effect: ReactNode;
  readonly error?: unknown;
  /** What was tried when it failed; that the setting was not kept if absent. */
  readonly failedTitle?: string;
  readonly children: (control: SettingControl) => ReactNode;
}

/** One decision: its name, its effect, and the control at the right. */
export function SettingRow({ name, effect, error, failedTitle, children }: SettingRowProps) {
  const { t } = useTranslation();
  const id = useId();
  const effectId = `${id}-effect`;
  return (
    <div className={styles['row']}>
      <div className={styles['text']}>
        <label htmlFor={id}>{name}</label>
        <p id={effectId}>{effect}</p>
      </div>
      <div className={styles['control']}>{children({ id, 'aria-describedby': effectId })}</div>
      {error !== undefined && (
        <ErrorNote
          error={error}
          title={failedTitle ?? t('settings.notKept')}
          className={styles['error'] ?? ''}
        />
      )}
    </div>
  );
}
