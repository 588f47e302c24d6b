import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { inviteTable } from '../../../../src-main/core/invite-table.ts';
import type { NewInvites, Pool } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { saveFile } from '../../../state/save-file.ts';
import { Button } from '../../../ui/Button.tsx';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Note } from '../../../ui/Note.tsx';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import styles from './InviteList.module.css';

export interface InviteListShownProps {
  readonly pool: Pool;
  readonly made: NewInvites['made'];
  readonly onClose: () => void;
}

/** The new invites, each with whom it is for. Shown once, and to be saved as a file. */
export function InviteListShown({ pool, made, onClose }: InviteListShownProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const count = made.length;
  return (
    <Dialog
      size="medium"
      title={t('host.invite.list.result', { count, made: format.count(count), name: pool.name })}
      actions={
        <>
          <Button onClick={onClose}>{t('host.invite.done')}</Button>
          <Button
            variant="primary"
            icon={Download}
            onClick={() => {
              saveFile('millpond-invites.csv', 'text/csv', inviteTable(made));
            }}
          >
            {t('host.invite.list.save')}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <Note tone="slow" title={t('host.invite.list.once')}>
        {t('host.invite.list.onceText')}
      </Note>
      <Table label={t('pool.tab.invites')}>
        <thead>
          <tr>
            <HeadCell>{t('host.invite.list.for')}</HeadCell>
            <HeadCell>{t('host.invites.begins')}</HeadCell>
            <HeadCell>{t('host.invite.link')}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {made.map(({ name, link, invite }) => (
            <tr key={invite.id}>
              <Cell>{name}</Cell>
              <Cell>
                <code>{invite.prefix}…</code>
              </Cell>
              <Cell>
                <span className={styles['link']}>
                  <code>{link}</code>
                  <CopyButton text={link} label={t('host.invite.list.copyFor', { name })} />
                </span>
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </Dialog>
  );
}
