import { useTranslation } from 'react-i18next';
import { CodeBlock } from '../../../ui/CodeBlock.tsx';
import { Note } from '../../../ui/Note.tsx';
import type { Way } from './addresses.ts';
import { splitStrings } from './snippets.ts';
import { toolSnippet } from './tools.ts';
import type { Tool, ToolProblem } from './tools.ts';
import styles from './UseFrom.module.css';

export interface ToolCardProps {
  readonly tool: Tool;
  readonly way: Way;
  readonly model: string;
  /** Why it cannot come this way. */
  readonly problem: ToolProblem | undefined;
}

/** One program: what to paste where, what it means for the prompts, or why it cannot come this way. */
export function ToolCard({ tool, way, model, problem }: ToolCardProps) {
  const { t } = useTranslation();
  const hint = t(`use-from.hint.${tool}`, { defaultValue: '' });
  return (
    <div className={styles['card']}>
      {tool === 'cursor' && <Note tone="slow" title={t('use-from.cursorReads')} />}
      {problem === undefined ? (
        <>
          {hint !== '' && <p className={styles['hint']}>{hint}</p>}
          <Snippet code={toolSnippet(tool, { way, model })} title={t(`use-from.title.${tool}`)} />
        </>
      ) : (
        <p className={styles['hint']}>{t(`use-from.why.${problem}`)}</p>
      )}
    </div>
  );
}

function Snippet({ code, title }: { readonly code: string; readonly title: string }) {
  return (
    <CodeBlock code={code} title={title}>
      {splitStrings(code).map((piece, index) =>
        piece.isString ? (
          // Pieces are never reordered.
          <span key={index} className={styles['string']}>
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </CodeBlock>
  );
}
