import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Switch } from '../../../ui/Switch.tsx';
import styles from './ShareSwitch.module.css';

export interface ShareSwitchProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** Whether this machine's models are offered to the pool. */
export function ShareSwitch({ checked, onChange }: ShareSwitchProps) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div className={styles['row']}>
      <div>
        <label htmlFor={id}>{t('join.share')}</label>
        <p id={`${id}-hint`}>{t('join.shareHint')}</p>
      </div>
      <Switch id={id} checked={checked} aria-describedby={`${id}-hint`} onChange={onChange} />
    </div>
  );
}
