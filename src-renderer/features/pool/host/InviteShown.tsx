import { Clock, Users } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { NewInvite, Pool } from '../../../api.ts';
import { Button } from '../../../ui/Button.tsx';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Icon } from '../../../ui/Icon.tsx';
import { TextArea, TextInput } from '../../../ui/TextInput.tsx';
import styles from './InviteShown.module.css';
import { QrCode } from './QrCode.tsx';

export interface InviteShownProps {
  readonly pool: Pool;
  readonly made: NewInvite;
  readonly onClose: () => void;
}

/** The new invite: its link, a text to send, and a code to photograph. Shown once. */
export function InviteShown({ pool, made, onClose }: InviteShownProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      size="large"
      title={t('host.invite.title', { name: pool.name })}
      actions={
        <>
          <p className={styles['foot']}>
            <Icon of={Clock} />
            {t('host.invite.unused')}
          </p>
          <Button onClick={onClose}>{t('host.invite.done')}</Button>
        </>
      }
      onClose={onClose}
    >
      <div className={styles['columns']}>
        <div className={styles['send']}>
          <Field label={t('host.invite.link')}>
            {(control) => (
              <span className={styles['line']}>
                <TextInput {...control} readOnly value={made.link} className={styles['link']} />
                <CopyButton text={made.link} label={t('host.invite.copyLink')} variant="primary" />
              </span>
            )}
          </Field>
          <Field label={t('host.invite.text')}>
            {(control) => (
              <>
                <TextArea {...control} readOnly rows={5} value={made.text} />
                <span className={styles['end']}>
                  <CopyButton text={made.text} label={t('host.invite.copyText')} variant="plain" />
                </span>
              </>
            )}
          </Field>
          <p className={styles['hint']}>
            <Icon of={Users} />
            {t('host.invite.sameNetwork')}
          </p>
        </div>
        <div className={styles['code']}>
          <QrCode path={made.qrPath} size={made.qrSize} label={t('host.invite.qr')} />
          <p className={styles['hint']}>{t('host.invite.pinned')}</p>
        </div>
      </div>
    </Dialog>
  );
}
