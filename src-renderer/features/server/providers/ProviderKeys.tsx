import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Provider, ProviderKey } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { AddProviderKeyDialog } from './AddProviderKeyDialog.tsx';
import { ForgetKeyDialog } from './ForgetKeyDialog.tsx';
import { keyTones } from './provider-words.ts';
import styles from './Providers.module.css';

export interface ProviderKeysProps {
  readonly provider: Provider;
  readonly mayChange: boolean;
}

/** The keys of a provider, asked in turn: enough of each to recognise it, and how it stands. */
export function ProviderKeys({ provider, mayChange }: ProviderKeysProps) {
  const { t } = useTranslation();
  const [isAdding, setIsAdding] = useState(false);
  const { name, keys } = provider;
  if (keys.length === 0 && !mayChange) return null;
  return (
    <div className={styles['keys']}>
      <span className={styles['quiet']}>
        {keys.length === 0 ? t('providers.noKeys') : t('providers.keys', { count: keys.length })}
      </span>
      <ul aria-label={t('providers.keysOf', { name })}>
        {keys.map((key) => (
          <KeyItem key={key.id} {...{ provider, mayChange }} providerKey={key} />
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

interface KeyItemProps extends ProviderKeysProps {
  readonly providerKey: ProviderKey;
}

function KeyItem({ provider, mayChange, providerKey }: KeyItemProps) {
  const { t } = useTranslation();
  const [isLeaving, setIsLeaving] = useState(false);
  const { shown } = providerKey;
  return (
    <li>
      <code>{shown}</code>
      <KeyState providerKey={providerKey} />
      {mayChange && (
        <IconButton
          size="row"
          icon={X}
          label={t('providers.removeKey', { shown })}
          onClick={() => {
            setIsLeaving(true);
          }}
        />
      )}
      {isLeaving && (
        <ForgetKeyDialog
          {...{ provider, providerKey }}
          onClose={() => {
            setIsLeaving(false);
          }}
        />
      )}
    </li>
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
