import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { navigate } from '../../../router.ts';
import { refreshMe, useOwnName } from '../../../state/me.ts';
import { refreshPools, usePools } from '../../../state/pools.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { emptyPassword, passwordProblem, shortestPassword } from '../../sign-in/password.ts';
import { OwnerFields } from './OwnerFields.tsx';
import { StartChanges } from './StartChanges.tsx';
import styles from './StartPoolDialog.module.css';

export interface StartPoolDialogProps {
  readonly name: string;
  readonly onClose: () => void;
}

/** What changes when a pool begins, said before it does; and the owner's name and password, once. */
export function StartPoolDialog({ name, onClose }: StartPoolDialogProps) {
  const { t } = useTranslation();
  const formId = useId();
  const deed = useDeed();
  const needsPassword = usePools(({ hasPassword }) => !hasPassword);
  const [password, setPassword] = useState(emptyPassword);
  const known = useOwnName();
  const [typed, setTyped] = useState<string>();
  const ownerName = (typed ?? known).trim();
  const missing = ownerName === '' ? 'name' : passwordProblem(password);
  const problem = needsPassword ? missing : undefined;

  return (
    <Dialog
      title={t('pool.start.dialogTitle', { name })}
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            busyLabel={deed.isBusy ? t('pool.start.starting') : undefined}
            disabledReason={problem && t(`sign-in.problem.${problem}`, { count: shortestPassword })}
          >
            {t('pool.start.deed')}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <form
        id={formId}
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (problem !== undefined || deed.isBusy) return;
          void deed.run(() =>
            begin({ name, ...(needsPassword && { password: password.chosen, ownerName }) }),
          );
        }}
      >
        <StartChanges />
        {needsPassword && (
          <OwnerFields
            name={typed ?? known}
            password={password}
            onName={setTyped}
            onPassword={setPassword}
          />
        )}
      </form>
      {deed.error && <ErrorNote error={deed.error} title={t('pool.start.failed', { name })} />}
    </Dialog>
  );
}

async function begin(wish: Parameters<typeof api.pools.start>[0]): Promise<void> {
  const pool = await api.pools.start(wish);
  await Promise.all([refreshPools(), refreshMe()]);
  navigate({ page: 'pool', place: pool.id, tab: 'address' });
}
