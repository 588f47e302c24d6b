import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Switch } from '../../../ui/Switch.tsx';
import styles from './ShareSwitch.module.css';

export interface ShareSwitchProps {
  /** Absent: whether this machine is shared. */
  readonly label?: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** What is offered to a pool, with what it means. */
export function ShareSwitch({ label, hint, checked, onChange }: ShareSwitchProps) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div className={styles['row']}>
      <div>
        <label htmlFor={id}>{label ?? t('join.share')}</label>
        <p id={`${id}-hint`}>{hint ?? t('join.shareHint')}</p>
      </div>
      <Switch id={id} checked={checked} aria-describedby={`${id}-hint`} onChange={onChange} />
    </div>
  );
}
