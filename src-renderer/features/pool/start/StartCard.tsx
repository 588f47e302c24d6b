import { Check } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMachine } from '../../../state/machine.ts';
import { useOwnName } from '../../../state/me.ts';
import { useSettings } from '../../../state/settings.ts';
import { Button } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/Icon.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { StartPoolDialog } from './StartPoolDialog.tsx';
import styles from './WayCard.module.css';

const promises = ['stop', 'invite'] as const;

/** Starting a pool on this machine: its name here, what changes in the dialog. */
export function StartCard() {
  const { t } = useTranslation();
  const port = useSettings(({ settings }) => settings?.poolPort ?? 0);
  const [typed, setTyped] = useState<string>();
  const [isStarting, setIsStarting] = useState(false);
  const suggested = useSuggestedName();
  const name = (typed ?? suggested).trim();
  return (
    <section aria-label={t('pool.start.title')} className={styles['card']}>
      <h2 className={styles['title']}>{t('pool.start.title')}</h2>
      <p className={styles['text']}>
        {port === 0 ? t('pool.start.textAnyPort') : t('pool.start.text', { port })}
      </p>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (name !== '') setIsStarting(true);
        }}
      >
        <TextInput
          aria-label={t('pool.start.name')}
          placeholder={t('pool.start.name')}
          maxLength={60}
          autoComplete="off"
          className={styles['input']}
          value={typed ?? suggested}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
        />
        <Button
          type="submit"
          size="large"
          disabledReason={name === '' ? t('pool.start.nameFirst') : undefined}
        >
          {t('pool.start.begin')}
        </Button>
      </form>
      <ul className={styles['promises']}>
        {promises.map((promise) => (
          <li key={promise}>
            <Icon of={Check} />
            <span>{t(`pool.start.${promise}`)}</span>
          </li>
        ))}
      </ul>
      {isStarting && (
        <StartPoolDialog
          name={name}
          onClose={() => {
            setIsStarting(false);
          }}
        />
      )}
    </section>
  );
}

/** The pool of its owner, or of this machine while nobody has said who owns it. */
function useSuggestedName(): string {
  const { t } = useTranslation();
  const owner = useOwnName();
  const machine = useSettings(({ settings }) => settings?.machineName ?? '');
  const computer = useMachine(({ system }) => system?.machine.machineName ?? '');
  const name = [owner, machine, computer].find((each) => each !== '');
  return name === undefined ? '' : t('pool.start.nameOf', { name });
}
