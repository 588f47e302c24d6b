import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { navigate } from '../../../router.ts';
import { refreshMe, useOwnName } from '../../../state/me.ts';
import { refreshPools, usePools } from '../../../state/pools.ts';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { emptyPassword, passwordProblem, shortestPassword } from '../../sign-in/password.ts';
import { OwnerFields } from './OwnerFields.tsx';
import { StartChanges } from './StartChanges.tsx';

export interface StartPoolDialogProps {
  readonly name: string;
  readonly onClose: () => void;
}

/** What changes when a pool begins, said before it does; and the owner's name and password, once. */
export function StartPoolDialog({ name, onClose }: StartPoolDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const needsPassword = usePools(({ hasPassword }) => !hasPassword);
  const [password, setPassword] = useState(emptyPassword);
  const known = useOwnName();
  const [typed, setTyped] = useState<string>();
  const ownerName = (typed ?? known).trim();
  const missing = ownerName === '' ? 'name' : passwordProblem(password);
  const problem = needsPassword ? missing : undefined;

  return (
    <FormDialog
      title={t('pool.start.dialogTitle', { name })}
      deed={deed}
      submitLabel={t('pool.start.deed')}
      busyLabel={t('pool.start.starting')}
      problem={problem && t(`sign-in.problem.${problem}`, { count: shortestPassword })}
      failedTitle={t('pool.start.failed', { name })}
      onSubmit={() =>
        void deed.run(() =>
          begin({ name, ...(needsPassword && { password: password.chosen, ownerName }) }),
        )
      }
      onClose={onClose}
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
    </FormDialog>
  );
}

async function begin(wish: Parameters<typeof api.pools.start>[0]): Promise<void> {
  const pool = await api.pools.start(wish);
  await Promise.all([refreshPools(), refreshMe()]);
  navigate({ page: 'pool', place: pool.id, tab: 'address' });
}
