import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { NewPerson } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { saveFile } from '../../../state/save-file.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Note } from '../../../ui/Note.tsx';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { codesCsv } from './person-draft.ts';
import styles from './People.module.css';

export interface ImportResultProps {
  readonly made: readonly NewPerson[];
  readonly problems: readonly { readonly line: number; readonly message: string }[];
  readonly onClose: () => void;
}

/** Who was made, with their codes, and which lines were not understood. */
export function ImportResult({ made, problems, onClose }: ImportResultProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Dialog
      title={t('people.import.result', { count: made.length, made: format.count(made.length) })}
      size="medium"
      actions={
        <>
          <Button onClick={onClose}>{t('people.code.done')}</Button>
          {made.length > 0 && (
            <Button
              variant="primary"
              icon={Download}
              onClick={() => {
                saveFile('millpond-codes.csv', 'text/csv', codesCsv(made));
              }}
            >
              {t('people.import.save')}
            </Button>
          )}
        </>
      }
      onClose={onClose}
    >
      {problems.length > 0 && (
        <Note tone="fail" title={t('people.import.problems', { count: problems.length })}>
          <ul className={styles['problems']}>
            {problems.map(({ line, message }) => (
              <li key={line}>
                {t('people.import.line', { line: format.count(line) })} {sentence(message)}
              </li>
            ))}
          </ul>
        </Note>
      )}
      {made.length > 0 && <MadeCodes made={made} />}
    </Dialog>
  );
}

function MadeCodes({ made }: Pick<ImportResultProps, 'made'>) {
  const { t } = useTranslation();
  return (
    <>
      <Note tone="slow" title={t('people.import.once')}>
        {t('people.import.onceText')}
      </Note>
      <Table label={t('people.import.codes')}>
        <thead>
          <tr>
            <HeadCell>{t('people.column.name')}</HeadCell>
            <HeadCell>{t('people.code.label')}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {made.map(({ person, code }) => (
            <tr key={person.id}>
              <Cell>{person.name}</Cell>
              <Cell>
                <code>{code}</code>
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}
