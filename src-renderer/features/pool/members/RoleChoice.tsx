import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Member, PoolRole } from '../../../api.ts';
import { useMe } from '../../../state/me.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Select } from '../../../ui/Select.tsx';
import { useDeed } from '../../../ui/use-deed.ts';

export interface RoleChoiceProps {
  readonly poolId: string;
  readonly member: Member;
  readonly onChanged: (member: Member) => void;
}

/** What a member may do; only the owner makes administrators. */
export function RoleChoice({ poolId, member, onChanged }: RoleChoiceProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const isOwner = useMe(({ me }) => me?.role === 'owner');
  const roles: readonly PoolRole[] =
    isOwner || member.role === 'admin' ? ['admin', 'member', 'viewer'] : ['member', 'viewer'];
  return (
    <>
      <Select
        aria-label={t('members.roleOf', { name: member.name })}
        value={member.role}
        options={roles.map((value) => ({ value, label: t(`pool.role.${value}`) }))}
        onChange={(role) =>
          void deed.run(async () => {
            onChanged(
              await api.pools.updateMember({ id: poolId, personId: member.personId, role }),
            );
          })
        }
      />
      {deed.error && <ErrorNote error={deed.error} />}
    </>
  );
}
