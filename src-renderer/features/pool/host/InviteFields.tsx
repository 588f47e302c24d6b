import { useTranslation } from 'react-i18next';
import { Field } from '../../../ui/Field.tsx';
import { SegmentedControl } from '../../../ui/SegmentedControl.tsx';
import { Select } from '../../../ui/Select.tsx';
import { inviteRoles, inviteSpans, inviteUses } from './invite-draft.ts';
import type { InviteDraft, InviteSpan } from './invite-draft.ts';
import styles from './InviteFields.module.css';
import { InviteModels } from './InviteModels.tsx';
import { TrustSelect } from './TrustSelect.tsx';

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
  const serves = draft.rights !== 'ask';
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
        <Field label={t('host.invite.uses')}>
          {(control) => (
            <Select
              {...control}
              value={draft.uses}
              options={inviteUses.map((value) => ({ value, label: t(`host.uses.${value}`) }))}
              onChange={(uses) => {
                onChange({ ...draft, uses });
              }}
            />
          )}
        </Field>
        <Field label={t('host.invite.span')}>
          {(control) => (
            <Select
              {...control}
              value={draft.span}
              options={spans.map((value) => ({ value, label: t(`host.span.${value}`) }))}
              onChange={(span) => {
                onChange({ ...draft, span });
              }}
            />
          )}
        </Field>
        <Field label={t('host.invite.role')} hint={t(`host.roleHint.${draft.role}`)}>
          {(control) => (
            <Select
              {...control}
              value={draft.role}
              options={inviteRoles.map((value) => ({ value, label: t(`pool.role.${value}`) }))}
              onChange={(role) => {
                onChange({ ...draft, role });
              }}
            />
          )}
        </Field>
        {serves && (
          <Field label={t('host.invite.trust')} hint={t(`host.trustHint.${draft.trust}`)}>
            {(control) => (
              <TrustSelect
                {...control}
                value={draft.trust}
                onChange={(trust) => {
                  onChange({ ...draft, trust });
                }}
              />
            )}
          </Field>
        )}
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
