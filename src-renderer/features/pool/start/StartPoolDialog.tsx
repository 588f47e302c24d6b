import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { navigate } from '../../../router.ts';
import { refreshPools, usePools } from '../../../state/pools.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { PasswordFields } from '../../sign-in/PasswordFields.tsx';
import { StartChanges } from './StartChanges.tsx';
import styles from './StartPoolDialog.module.css';
import { emptyPassword, passwordProblem, shortestPassword } from '../../sign-in/password.ts';

export interface StartPoolDialogProps {
  readonly name: string;
  readonly onClose: () => void;
}

/** What changes when a pool begins, said before it does; and the owner's password, once. */
export function StartPoolDialog({ name, onClose }: StartPoolDialogProps) {
  const { t } = useTranslation();
  const formId = useId();
  const deed = useDeed();
  const needsPassword = usePools(({ hasPassword }) => !hasPassword);
  const [password, setPassword] = useState(emptyPassword);
  const problem = needsPassword ? passwordProblem(password) : undefined;

  async function begin(): Promise<void> {
    await deed.run(async () => {
      const pool = await api.pools.start({
        name,
        ...(needsPassword && { password: password.chosen }),
      });
      await refreshPools();
      navigate({ page: 'pool', place: pool.id, tab: 'address' });
    });
  }

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
          if (problem === undefined && !deed.isBusy) void begin();
        }}
      >
        <StartChanges />
        {needsPassword && (
          <PasswordFields
            value={password}
            hint={t('pool.start.passwordWhy')}
            onChange={setPassword}
          />
        )}
      </form>
      {deed.error && <ErrorNote error={deed.error} title={t('pool.start.failed', { name })} />}
    </Dialog>
  );
}
