import { useTranslation } from 'react-i18next';
import type { SharingLimits } from '../../../api.ts';
import styles from './LimitsSection.module.css';

type Command = SharingLimits['allowedCommands'][number];

export interface CommandsRowProps {
  readonly commands: readonly Command[];
  readonly onChange: (limits: Partial<SharingLimits>) => void;
}

const all: readonly Command[] = ['load', 'unload', 'download'];

/** What a pool's owner may do here. Nothing, until this machine's owner says otherwise. */
export function CommandsRow({ commands, onChange }: CommandsRowProps) {
  const { t } = useTranslation();
  return (
    <div className={styles['row']}>
      <div className={styles['head']}>
        <h3>{t('sharing.commands.title')}</h3>
        <p>{t('sharing.commands.effect')}</p>
      </div>
      <fieldset className={styles['choices']}>
        <legend className="visually-hidden">{t('sharing.commands.title')}</legend>
        {all.map((command) => (
          <label key={command}>
            <input
              type="checkbox"
              checked={commands.includes(command)}
              onChange={(event) => {
                const rest = commands.filter((other) => other !== command);
                onChange({ allowedCommands: event.target.checked ? [...rest, command] : rest });
              }}
            />
            {t(`sharing.commands.${command}`)}
          </label>
        ))}
      </fieldset>
    </div>
  );
}
