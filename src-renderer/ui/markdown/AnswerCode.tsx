import { useDeferredValue, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '../CodeBlock.tsx';
import styles from './AnswerCode.module.css';
import { highlightCode } from './highlight.ts';

export interface AnswerCodeProps {
  readonly code: string;
  /** As the model wrote it behind the fence; empty when it wrote nothing. */
  readonly language: string;
}

/** Code in an answer, in colour where its language is known. */
export function AnswerCode({ code, language }: AnswerCodeProps) {
  const { t } = useTranslation();
  return (
    <CodeBlock code={code} title={language || t('markdown.plainCode')}>
      <Colours code={code} language={language} />
    </CodeBlock>
  );
}

/** Colouring a long block takes longer than a frame, so it follows the text when there is time. */
function Colours({ code, language }: AnswerCodeProps) {
  const settled = useDeferredValue(code);
  const runs = useMemo(() => highlightCode(settled, language), [settled, language]);
  if (runs === undefined || !code.startsWith(settled)) return code;
  return (
    <>
      {runs.map((run, index) =>
        run.kind === undefined ? (
          run.text
        ) : (
          <span key={index} className={styles[run.kind]}>
            {run.text}
          </span>
        ),
      )}
      {code.slice(settled.length)}
    </>
  );
}
