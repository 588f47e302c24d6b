import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { useNow } from '../../../ui/use-now.ts';
import { Button } from '../../../ui/Button.tsx';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Note } from '../../../ui/Note.tsx';
import { TextArea } from '../../../ui/TextInput.tsx';
import { useGatewayAddress } from '../use-from/use-addresses.ts';
import styles from './People.module.css';

export interface GivenCode {
  readonly code: string;
  readonly expiresAt: number;
}

export interface CodeShownProps {
  readonly name: string;
  readonly given: GivenCode;
  readonly onClose: () => void;
}

/** A one-time code with a text to send; it is shown only now. */
export function CodeShown({ name, given, onClose }: CodeShownProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const address = useGatewayAddress();
  const time = format.until(given.expiresAt, now);
  const text = t('people.code.text', { name, address, code: given.code, time });
  return (
    <Dialog
      title={t('people.code.title', { name })}
      size="medium"
      actions={
        <>
          <Button onClick={onClose}>{t('people.code.done')}</Button>
          <CopyButton text={text} label={t('people.code.copyText')} variant="primary" />
        </>
      }
      onClose={onClose}
    >
      <Note tone="slow" title={t('people.code.once')}>
        {t('people.code.until', { name, time })}
      </Note>
      <p className={styles['code']}>
        <code>{given.code}</code>
        <CopyButton text={given.code} label={t('people.code.copy')} />
      </p>
      <Field label={t('people.code.ready')}>
        {(control) => <TextArea {...control} readOnly rows={5} value={text} />}
      </Field>
    </Dialog>
  );
}
