import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { AskedPool } from '../nearby/AskedPool.tsx';
import { NearbyPools } from '../nearby/NearbyPools.tsx';
import styles from '../start/WayCard.module.css';
import { openInvite } from '../../../state/opened-invite.ts';

/** Joining somebody's pool: by a link that is pasted, or by asking a pool of this network. */
export function JoinCard() {
  const { t } = useTranslation();
  const [link, setLink] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const text = link.trim();
  return (
    <section aria-label={t('pool.join.title')} className={styles['card']}>
      <h2 className={styles['title']}>{t('pool.join.title')}</h2>
      <p className={styles['text']}>{t('pool.join.text')}</p>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (text === '') field.current?.focus();
          else openInvite(text);
        }}
      >
        <TextInput
          ref={field}
          aria-label={t('pool.join.link')}
          placeholder="millpond://join/…"
          autoComplete="off"
          spellCheck={false}
          className={styles['input']}
          value={link}
          onChange={(event) => {
            setLink(event.target.value);
          }}
        />
        <Button type="submit" size="large" variant="primary">
          {t('pool.join.join')}
        </Button>
      </form>
      <AskedPool />
      <NearbyPools />
    </section>
  );
}
