import { useTranslation } from 'react-i18next';
import type { NewInvites } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { CsvField } from '../../../ui/CsvField.tsx';
import { Note } from '../../../ui/Note.tsx';
import { SegmentedControl } from '../../../ui/SegmentedControl.tsx';
import fields from './InviteFields.module.css';
import styles from './InviteList.module.css';

export interface InviteListFieldsProps {
  /** Undefined: one invite, without a list. */
  readonly csv: string | undefined;
  /** What was wrong with the list when it was tried. */
  readonly problems: NewInvites['problems'];
  readonly onChange: (csv: string | undefined) => void;
}

/** One invite or many, and for many the list that names them. */
export function InviteListFields({ csv, problems, onChange }: InviteListFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <div className={fields['rights']}>
        <span>{t('host.invite.how')}</span>
        <SegmentedControl
          label={t('host.invite.how')}
          value={csv === undefined ? 'one' : 'many'}
          options={(['one', 'many'] as const).map((value) => ({
            value,
            label: t(`host.invite.${value}`),
          }))}
          onChange={(value) => {
            onChange(value === 'one' ? undefined : '');
          }}
        />
      </div>
      {csv !== undefined && (
        <CsvField
          label={t('host.invite.list.lines')}
          hint={t('host.invite.list.hint')}
          placeholder={'name,expires,uses\nAda Lovelace,7d,1\nGrace Hopper,2027-01-31,any'}
          value={csv}
          onChange={onChange}
        />
      )}
      {csv !== undefined && problems.length > 0 && <Problems problems={problems} />}
    </>
  );
}

function Problems({ problems }: Pick<InviteListFieldsProps, 'problems'>) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Note tone="fail" title={t('host.invite.list.refused')}>
      <ul className={styles['problems']}>
        {problems.map(({ line, column, message }) => (
          <li key={`${line.toString()} ${column ?? ''} ${message}`}>
            {column === undefined
              ? t('host.invite.list.line', { line: format.count(line) })
              : t('host.invite.list.lineColumn', { line: format.count(line), column })}{' '}
            {sentence(message)}
          </li>
        ))}
      </ul>
    </Note>
  );
}
