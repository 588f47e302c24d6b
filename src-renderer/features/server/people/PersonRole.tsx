import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Account } from '../../../api.ts';
import { useMe } from '../../../state/me.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Select } from '../../../ui/Select.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import styles from './People.module.css';
import { rolesBelow } from './person-draft.ts';

export interface PersonRoleProps {
  readonly person: Account;
  readonly onChanged: () => void;
}

/** What somebody may do; it holds from their next call on. */
export function PersonRole({ person, onChanged }: PersonRoleProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const own = useMe(({ me }) => me?.gatewayRole);
  return (
    <>
      <Select
        className={styles['role']}
        aria-label={t('people.roleOf', { name: person.name })}
        value={person.role === 'owner' ? 'admin' : person.role}
        options={rolesBelow(own).map((value) => ({ value, label: t(`pool.role.${value}`) }))}
        onChange={(role) =>
          void deed.run(async () => {
            await api.people.update({ id: person.id, role });
            onChanged();
          })
        }
      />
      {deed.error && <ErrorNote error={deed.error} />}
    </>
  );
}
