import { Check } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../../state/me.ts';
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
  const owner = useMe(({ me }) => me?.name ?? '');
  const [typed, setTyped] = useState<string>();
  const [isStarting, setIsStarting] = useState(false);
  const suggested = owner === '' ? '' : t('pool.start.nameOf', { name: owner });
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
