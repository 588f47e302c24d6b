import { useTranslation } from 'react-i18next';
import type { AttachedServer } from '../../../api.ts';
import { Field } from '../../../ui/Field.tsx';
import { TextArea } from '../../../ui/TextInput.tsx';
import styles from './KeysField.module.css';
import type { ServerDraft } from './server-words.ts';

export interface KeysFieldProps {
  /** Kept ones, known by their beginnings only. */
  readonly current: AttachedServer['keys'];
  readonly text: string;
  /** All kept ones go and none comes. */
  readonly isDropping: boolean;
  readonly onChange: (change: Partial<Pick<ServerDraft, 'keys' | 'dropsKeys'>>) => void;
}

/** Keys that are asked in rotation. Typed ones replace those that are kept; nobody sees them again. */
export function KeysField({ current, text, isDropping, onChange }: KeysFieldProps) {
  const { t } = useTranslation();
  const hasKeys = current.length > 0;
  return (
    <>
      <Field
        label={t('server.other.keysField')}
        hint={t(hasKeys ? 'server.other.keysReplace' : 'server.other.keysHint')}
      >
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            className={styles['keys']}
            autoComplete="off"
            spellCheck={false}
            disabled={isDropping}
            placeholder={current.map(({ prefix }) => `${prefix}…`).join('\n')}
            value={text}
            onChange={(event) => {
              onChange({ keys: event.target.value });
            }}
          />
        )}
      </Field>
      {hasKeys && (
        <label className={styles['drop']}>
          <input
            type="checkbox"
            checked={isDropping}
            onChange={(event) => {
              onChange({ dropsKeys: event.target.checked });
            }}
          />
          {t('server.other.dropKeys', { count: current.length })}
        </label>
      )}
    </>
  );
}
