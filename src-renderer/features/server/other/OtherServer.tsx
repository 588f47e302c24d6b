import { Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttachedServer } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/Menu.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useNow } from '../../../ui/use-now.ts';
import styles from './OtherServer.module.css';
import { RemoveServerDialog } from './RemoveServerDialog.tsx';
import { ServedModels } from './ServedModels.tsx';
import { ServerDialog } from './ServerDialog.tsx';
import { isResting } from './server-words.ts';

export interface OtherServerProps {
  readonly server: AttachedServer;
}

/** One server: whether it answers, what it serves, and how it is called here. */
export function OtherServer({ server }: OtherServerProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'change' | 'remove'>();
  const close = () => {
    setOpen(undefined);
  };
  const offered = server.models.filter(({ isOffered }) => isOffered).length;
  return (
    <li className={styles['server']}>
      <div className={styles['head']}>
        <div className={styles['who']}>
          <h3>{server.name}</h3>
          <span className={styles['quiet']}>
            {t(`server.other.kind.${server.kind}`)} · <code>{server.url}</code>
          </span>
        </div>
        <ServerState server={server} />
        <Menu
          trigger={
            <IconButton
              size="row"
              icon={Ellipsis}
              label={t('server.other.more', { name: server.name })}
            />
          }
        >
          <MenuItem
            icon={Pencil}
            onSelect={() => {
              setOpen('change');
            }}
          >
            {t('server.other.change')}
          </MenuItem>
          <MenuSeparator />
          <MenuItem
            icon={Trash2}
            isDanger
            onSelect={() => {
              setOpen('remove');
            }}
          >
            {t('server.other.remove')}
          </MenuItem>
        </Menu>
      </div>
      <KeysLine server={server} />
      {server.models.length > 0 && (
        <details className={styles['models']}>
          <summary>{t('server.other.models', { count: server.models.length, offered })}</summary>
          <ServedModels server={server} />
        </details>
      )}
      {open === 'change' && <ServerDialog server={server} onClose={close} />}
      {open === 'remove' && <RemoveServerDialog server={server} onClose={close} />}
    </li>
  );
}

function ServerState({ server }: OtherServerProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(30_000);
  const { state } = server;
  if (state.phase === 'connected') {
    return <StateBadge tone="ok">{t('server.other.connected')}</StateBadge>;
  }
  return (
    <div role="status" className={styles['away']}>
      <StateBadge tone="rest">{t('server.other.away')}</StateBadge>
      <span className={styles['quiet']}>
        {sentence(state.reason)}{' '}
        {t('server.other.since', { time: format.moment(state.since, now) })}
      </span>
    </div>
  );
}

/** The beginnings of its keys, and which of them is left alone for a while. */
function KeysLine({ server: { keys } }: OtherServerProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  if (keys.length === 0) return null;
  return (
    <p className={styles['quiet']}>
      {t('server.other.keys', { count: keys.length })}{' '}
      {keys.map((key) => (
        <span key={key.prefix} className={styles['key']}>
          <code>{key.prefix}…</code>
          {isResting(key, now) && (
            <StateBadge tone="waiting">
              {t('server.other.cooling', { time: format.time(key.coolsUntil ?? now) })}
            </StateBadge>
          )}
        </span>
      ))}
    </p>
  );
}
