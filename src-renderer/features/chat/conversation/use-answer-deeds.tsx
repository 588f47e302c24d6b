import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { continueAnswer, regenerate, stopAnswer } from '../state/deeds.ts';
import type { AssistantMessage } from '../types.ts';

/** What can be done with an answer. */
export interface AnswerDeeds {
  readonly stop: () => void;
  /** The same question to the same model. */
  readonly tryAgain: () => void;
  readonly tryWith: (modelId: string) => void;
  /** Gives a waiting answer up and asks another model. */
  readonly useInstead: (modelId: string) => void;
  readonly goOn: () => void;
  /** Why the last deed did not work, or nothing. */
  readonly problem: ReactNode;
}

export function useAnswerDeeds({ chatId, id }: AssistantMessage): AnswerDeeds {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(undefined);
  const attempt = (work: Promise<void>) => {
    setError(undefined);
    work.catch(setError);
  };
  return {
    stop: () => {
      attempt(stopAnswer(chatId, id));
    },
    tryAgain: () => {
      attempt(regenerate(chatId, id, undefined));
    },
    tryWith: (modelId) => {
      attempt(regenerate(chatId, id, modelId));
    },
    useInstead: (modelId) => {
      attempt(stopAnswer(chatId, id).then(() => regenerate(chatId, id, modelId)));
    },
    goOn: () => {
      attempt(continueAnswer(chatId, id));
    },
    problem: error === undefined ? null : <ErrorNote error={error} title={t('chat.notDone')} />,
  };
}
