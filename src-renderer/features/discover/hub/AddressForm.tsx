import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import styles from './HubNotes.module.css';

export interface AddressFormProps {
  readonly isBusy: boolean;
  /** Why the last address was refused. */
  readonly error: string | undefined;
  readonly onChoose: (url: string) => Promise<void>;
}

/** Where somebody types the address of a mirror of their own. */
export function AddressForm({ isBusy, error, onChoose }: AddressFormProps) {
  const { t } = useTranslation();
  const [url, setUrl] = useState('');
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (url.trim() !== '') void onChoose(url.trim());
      }}
    >
      <Field
        label={t('discover.unreachable.address')}
        hint={t('discover.unreachable.addressHint')}
        error={error}
      >
        {(control) => (
          <TextInput
            {...control}
            type="url"
            inputMode="url"
            autoComplete="url"
            placeholder="https://"
            spellCheck={false}
            value={url}
            onChange={(event) => {
              setUrl(event.target.value);
            }}
          />
        )}
      </Field>
      <Button type="submit" busyLabel={isBusy ? t('discover.unreachable.asking') : undefined}>
        {t('discover.unreachable.useAddress')}
      </Button>
    </form>
  );
}
