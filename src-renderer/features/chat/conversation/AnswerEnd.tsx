import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { Button } from '../../../ui/Button.tsx';
import { Note } from '../../../ui/Note.tsx';
import { SeeingModels } from '../SeeingModels.tsx';
import { countWords, textOf } from '../state/parts.ts';
import { lacksSight } from '../state/sight.ts';
import type { AssistantMessage } from '../types.ts';
import actions from './Actions.module.css';
import { AgainWith } from './AgainWith.tsx';
import { ShowLog } from './ShowLog.tsx';

export interface AnswerEndProps {
  readonly answer: AssistantMessage;
  readonly onTryAgain: () => void;
  readonly onTryWith: (modelId: string) => void;
  readonly onContinue: () => void;
}

/** Why an answer is not whole, what was kept of it, and the way on. Nothing under one that is. */
export function AnswerEnd({ answer, onTryAgain, onTryWith, onContinue }: AnswerEndProps) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const words = countWords(textOf(answer.parts), i18n.language);
  const kept = words === 0 ? '' : t('chat.end.kept', { count: words, words: format.count(words) });
  const goOn = words > 0 && <Button onClick={onContinue}>{t('chat.action.continue')}</Button>;
  const again = <Again isPlain={words === 0} onTryAgain={onTryAgain} onTryWith={onTryWith} />;
  switch (answer.status) {
    case 'failed':
      return (
        <Note
          tone="fail"
          title={t(words > 0 ? 'chat.end.failedMidway' : 'chat.end.failed')}
          actions={
            <>
              {goOn}
              {lacksSight(answer) ? (
                <SeeingModels
                  onChoose={(model) => {
                    onTryWith(model.id);
                  }}
                />
              ) : (
                again
              )}
              <ShowLog />
            </>
          }
        >
          {[sentence(answer.error?.message ?? ''), kept].filter(Boolean).join(' ')}
        </Note>
      );
    case 'interrupted':
      return (
        <Note
          tone="slow"
          title={t('chat.end.interrupted')}
          actions={
            <>
              {goOn}
              {again}
            </>
          }
        >
          {kept === '' ? t('chat.end.interruptedEmpty') : kept}
        </Note>
      );
    case 'stopped':
      return words === 0 ? (
        <Note tone="quiet" title={t('chat.end.stoppedEmpty')} actions={again} />
      ) : null;
    case 'waiting':
    case 'streaming':
    case 'done':
      return null;
  }
}

interface AgainProps extends Pick<AnswerEndProps, 'onTryAgain' | 'onTryWith'> {
  /** Nothing else is offered before it. */
  readonly isPlain: boolean;
}

function Again({ isPlain, onTryAgain, onTryWith }: AgainProps) {
  const { t } = useTranslation();
  return (
    <span className={actions['joined']}>
      <Button variant={isPlain ? 'plain' : 'quiet'} onClick={onTryAgain}>
        {t('chat.action.tryAgain')}
      </Button>
      <AgainWith onChoose={onTryWith} />
    </span>
  );
}
