import { useTranslation } from 'react-i18next';
import type { ConfigProblem } from '../../../api.ts';
import { Note } from '../../../ui/Note.tsx';
import { Problems } from './Problems.tsx';

interface Checked {
  readonly deed: 'check';
  readonly problems: readonly ConfigProblem[];
}

interface Imported {
  readonly deed: 'import';
  readonly providers: readonly { readonly name: string; readonly models: number }[];
  readonly problems: readonly ConfigProblem[];
}

export type Result = Checked | Imported;

export interface ConfigResultProps {
  readonly result: Result;
  readonly onShow: (problem: ConfigProblem) => void;
}

/** What became of the text: taken over, fine, or wrong at these places. */
export function ConfigResult({ result, onShow }: ConfigResultProps) {
  const { t } = useTranslation();
  const { problems } = result;
  const taken = result.deed === 'import' ? result.providers : [];
  return (
    <>
      {taken.length > 0 && (
        <Note tone="ok" title={t('config.taken', { count: taken.length })}>
          {taken
            .map(({ name, models }) => t('config.takenOne', { name, count: models }))
            .join(' · ')}
        </Note>
      )}
      {result.deed === 'check' && problems.length === 0 && (
        <Note tone="ok" title={t('config.fine')} />
      )}
      {result.deed === 'import' && taken.length === 0 && problems.length === 0 && (
        <Note tone="quiet" title={t('config.nothingTaken')} />
      )}
      {problems.length > 0 && (
        <Note
          tone={result.deed === 'check' ? 'fail' : 'slow'}
          title={t(`config.problems.${result.deed}`, { count: problems.length })}
        >
          <Problems problems={problems} onShow={onShow} />
        </Note>
      )}
    </>
  );
}
