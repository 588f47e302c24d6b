import { useTranslation } from 'react-i18next';
import { SegmentedControl } from '../../../ui/SegmentedControl.tsx';
import { ChoiceField } from './ChoiceField.tsx';
import { inviteRoles, inviteSpans, inviteUses, nodeTrusts } from './invite-draft.ts';
import type { InviteDraft, InviteSpan } from './invite-draft.ts';
import styles from './InviteFields.module.css';
import { InviteModels } from './InviteModels.tsx';

export interface InviteFieldsProps {
  readonly poolId: string;
  readonly draft: InviteDraft;
  readonly onChange: (draft: InviteDraft) => void;
}

const rights = ['serve-and-ask', 'ask', 'serve'] as const;
const spans = Object.keys(inviteSpans) as InviteSpan[];

/** What an invite allows, how often and how long. */
export function InviteFields({ poolId, draft, onChange }: InviteFieldsProps) {
  const { t } = useTranslation();
  const asks = draft.rights !== 'serve';
  return (
    <div className={styles['fields']}>
      <div className={styles['rights']}>
        <span>{t('host.invite.rights')}</span>
        <SegmentedControl
          label={t('host.invite.rights')}
          value={draft.rights}
          options={rights.map((value) => ({ value, label: t(`host.rights.${value}`) }))}
          onChange={(next) => {
            onChange({ ...draft, rights: next });
          }}
        />
      </div>
      <div className={styles['pair']}>
        <InviteTerms draft={draft} onChange={onChange} />
      </div>
      {asks && (
        <InviteModels
          poolId={poolId}
          models={draft.models}
          onChange={(models) => {
            onChange({ ...draft, models });
          }}
        />
      )}
    </div>
  );
}

/** How often and how long it works, and what whoever comes in will be. */
function InviteTerms({ draft, onChange }: Omit<InviteFieldsProps, 'poolId'>) {
  const { t } = useTranslation();
  const change = (terms: Partial<InviteDraft>) => {
    onChange({ ...draft, ...terms });
  };
  return (
    <>
      <ChoiceField
        label={t('host.invite.uses')}
        value={draft.uses}
        values={inviteUses}
        wordOf={(uses) => t(`host.uses.${uses}`)}
        onChange={(uses) => {
          change({ uses });
        }}
      />
      <ChoiceField
        label={t('host.invite.span')}
        value={draft.span}
        values={spans}
        wordOf={(span) => t(`host.span.${span}`)}
        onChange={(span) => {
          change({ span });
        }}
      />
      <ChoiceField
        label={t('host.invite.role')}
        hint={t(`host.roleHint.${draft.role}`)}
        value={draft.role}
        values={inviteRoles}
        wordOf={(role) => t(`pool.role.${role}`)}
        onChange={(role) => {
          change({ role });
        }}
      />
      {draft.rights !== 'ask' && (
        <ChoiceField
          label={t('host.invite.trust')}
          hint={t(`host.trustHint.${draft.trust}`)}
          value={draft.trust}
          values={nodeTrusts}
          wordOf={(trust) => t(`host.trust.${trust}`)}
          onChange={(trust) => {
            change({ trust });
          }}
        />
      )}
    </>
  );
}
