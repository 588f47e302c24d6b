import { Ellipsis, Pencil, Power, RefreshCw, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Provider } from '../../../api.ts';
import { showProvider } from '../../../state/providers.ts';
import { showToast } from '../../../state/toasts.ts';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/Menu.tsx';
import type { Deed } from '../../../ui/use-deed.ts';
import { ChangeProviderDialog } from './ChangeProviderDialog.tsx';
import { canReset, needsHand } from './provider-words.ts';
import styles from './Providers.module.css';
import { RemoveProviderDialog } from './RemoveProviderDialog.tsx';

export interface ProviderDeedsProps {
  readonly provider: Provider;
  /** Not locked by the config file. */
  readonly mayChange: boolean;
  readonly deed: Deed;
}

/** Checking and waking work for every provider; changing only for those of the database. */
export function ProviderDeeds({ provider, mayChange, deed }: ProviderDeedsProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'change' | 'remove'>();
  const { id, name } = provider;
  const close = () => {
    setOpen(undefined);
  };
  const reset = () =>
    void deed.run(async () => {
      showProvider(await api.providers.reset({ id }));
      showToast(t('providers.reset', { name }));
    });
  return (
    <span className={styles['deeds']}>
      {needsHand(provider) && canReset(provider) && (
        <Button
          size="row"
          icon={RotateCcw}
          busyLabel={deed.isBusy ? t('providers.resetting') : undefined}
          aria-label={t('providers.resetName', { name })}
          onClick={reset}
        >
          {t('providers.tryNow')}
        </Button>
      )}
      <ProviderMenu
        {...{ provider, mayChange, deed }}
        onReset={reset}
        onOpen={(next) => {
          setOpen(next);
        }}
      />
      {open === 'change' && <ChangeProviderDialog provider={provider} onClose={close} />}
      {open === 'remove' && <RemoveProviderDialog provider={provider} onClose={close} />}
    </span>
  );
}

interface ProviderMenuProps extends ProviderDeedsProps {
  readonly onReset: () => void;
  readonly onOpen: (deed: 'change' | 'remove') => void;
}

function ProviderMenu({ provider, mayChange, deed, onReset, onOpen }: ProviderMenuProps) {
  const { t } = useTranslation();
  const { id, name, isEnabled } = provider;
  return (
    <Menu
      trigger={<IconButton size="row" icon={Ellipsis} label={t('common.moreAbout', { name })} />}
    >
      <MenuItem
        icon={RefreshCw}
        onSelect={() =>
          void deed.run(async () => {
            showProvider(await api.providers.check({ id }));
          })
        }
      >
        {t('providers.check')}
      </MenuItem>
      {canReset(provider) && (
        <MenuItem icon={RotateCcw} onSelect={onReset}>
          {t('providers.resetDeed')}
        </MenuItem>
      )}
      {mayChange && (
        <>
          <MenuItem
            icon={Power}
            onSelect={() =>
              void deed.run(async () => {
                showProvider(await api.providers.update({ id, isEnabled: !isEnabled }));
              })
            }
          >
            {t(isEnabled ? 'providers.turnOff' : 'providers.turnOn')}
          </MenuItem>
          <MenuItem
            icon={Pencil}
            onSelect={() => {
              onOpen('change');
            }}
          >
            {t('common.change')}
          </MenuItem>
          <MenuSeparator />
          <MenuItem
            icon={Trash2}
            isDanger
            onSelect={() => {
              onOpen('remove');
            }}
          >
            {t('common.remove')}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
