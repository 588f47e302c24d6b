import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Provider, ProviderKey } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { showProvider } from '../../../state/providers.ts';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import type { Deed } from '../../../ui/use-deed.ts';
import { useNow } from '../../../ui/use-now.ts';
import { AddProviderKeyDialog } from './AddProviderKeyDialog.tsx';
import { keyTones } from './provider-words.ts';
import styles from './Providers.module.css';

export interface ProviderKeysProps {
  readonly provider: Provider;
  readonly mayChange: boolean;
  readonly deed: Deed;
}

/** The keys of a provider, asked in turn: enough of each to recognise it, and how it stands. */
export function ProviderKeys({ provider, mayChange, deed }: ProviderKeysProps) {
  const { t } = useTranslation();
  const [isAdding, setIsAdding] = useState(false);
  const { id, name, keys } = provider;
  if (keys.length === 0 && !mayChange) return null;
  return (
    <div className={styles['keys']}>
      <span className={styles['quiet']}>
        {keys.length === 0 ? t('providers.noKeys') : t('providers.keys', { count: keys.length })}
      </span>
      <ul aria-label={t('providers.keysOf', { name })}>
        {keys.map((key) => (
          <li key={key.id}>
            <code>{key.shown}</code>
            <KeyState providerKey={key} />
            {mayChange && (
              <IconButton
                size="row"
                icon={X}
                label={t('providers.removeKey', { shown: key.shown })}
                onClick={() =>
                  void deed.run(async () => {
                    showProvider(await api.providers.removeKey({ id, keyId: key.id }));
                  })
                }
              />
            )}
          </li>
        ))}
      </ul>
      {mayChange && (
        <Button
          size="row"
          variant="quiet"
          icon={Plus}
          aria-label={t('providers.addKeyTo', { name })}
          onClick={() => {
            setIsAdding(true);
          }}
        >
          {t('providers.addKey')}
        </Button>
      )}
      {isAdding && (
        <AddProviderKeyDialog
          provider={provider}
          onClose={() => {
            setIsAdding(false);
          }}
        />
      )}
    </div>
  );
}

function KeyState({ providerKey: { state } }: { readonly providerKey: ProviderKey }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  const badge = (
    <StateBadge tone={keyTones[state.phase]}>{t(`providers.key.${state.phase}`)}</StateBadge>
  );
  if (state.phase === 'ready') return badge;
  const until =
    'until' in state ? t('providers.until', { time: format.until(state.until, now) }) : '';
  return (
    <>
      {badge}
      <span className={styles['quiet']}>
        {sentence(state.reason)} {until}
      </span>
    </>
  );
}
