import { LogOut } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { api, bearerStore } from '../api.ts';
import { useMe } from '../state/me.ts';
import { IconButton } from '../ui/IconButton.tsx';
import styles from './RailFoot.module.css';

/** A machine of one's own is reached over loopback; whoever came another way had to sign in. */
const cameByPassword = globalThis.location.protocol === 'https:';

/** Who is signed in, and the way out. Absent on a machine of one's own. */
export function RailAccount() {
  const { t } = useTranslation();
  const me = useMe((state) => state.me);
  if (me === undefined || (me.role === 'owner' && !cameByPassword)) return null;

  async function signOut(): Promise<void> {
    const bearer = bearerStore.read();
    // Also without an answer this browser forgets the session.
    await api.session.close({}).catch(() => undefined);
    bearerStore.forget(bearer);
    globalThis.location.reload();
  }

  return (
    <p className={styles['account']}>
      <span>{t('frame.signedInAs', { name: me.name, role: t(`pool.role.${me.role}`) })}</span>
      <IconButton
        icon={LogOut}
        size="row"
        label={t('frame.signOut')}
        onClick={() => void signOut()}
      />
    </p>
  );
}
