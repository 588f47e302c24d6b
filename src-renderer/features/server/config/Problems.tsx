import { useTranslation } from 'react-i18next';
import type { ConfigProblem } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { Button } from '../../../ui/Button.tsx';
import styles from './Config.module.css';

export interface ProblemsProps {
  readonly problems: readonly ConfigProblem[];
  /** Goes to the place in the text; absent where the text is not on screen. */
  readonly onShow?: (problem: ConfigProblem) => void;
}

/** What is wrong, each with its line and column. */
export function Problems({ problems, onShow }: ProblemsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className={styles['problems']}>
      {problems.map((problem) => {
        const { line, column, message } = problem;
        const place = t('config.place', { line: format.count(line), column: format.count(column) });
        return (
          <li key={`${String(line)}:${String(column)} ${message}`}>
            {onShow === undefined ? (
              <b>{place}</b>
            ) : (
              <Button
                size="row"
                onClick={() => {
                  onShow(problem);
                }}
              >
                {place}
              </Button>
            )}{' '}
            {sentence(message)}
          </li>
        );
      })}
    </ul>
  );
}
