import { memo } from 'react';
import { Markdown } from '../../../ui/markdown/Markdown.tsx';
import { isRunning } from '../state/conversation.ts';
import { useModelName } from '../state/use-chat-models.ts';
import { isSamePlace } from '../state/tree.ts';
import type { SiblingPlace } from '../state/tree.ts';
import type { AnswerPart, AssistantMessage, Attachment } from '../types.ts';
import { AnswerActions } from './AnswerActions.tsx';
import { AnswerEnd } from './AnswerEnd.tsx';
import { AnswerWaiting } from './AnswerWaiting.tsx';
import { MovedNotes } from './MovedNotes.tsx';
import { ReceiptLine } from './ReceiptLine.tsx';
import { Thoughts } from './Thoughts.tsx';
import { ToolCallRow } from './ToolCallRow.tsx';
import { useAnswerDeeds } from './use-answer-deeds.tsx';
import styles from './Turn.module.css';

export interface AnswerTurnProps {
  readonly answer: AssistantMessage;
  readonly place: SiblingPlace;
  /** Files of the question. */
  readonly attachments: readonly Attachment[];
}

/** What a model answered, with its thoughts and tool calls in order of time. */
export const AnswerTurn = memo(function AnswerTurn({
  answer,
  place,
  attachments,
}: AnswerTurnProps) {
  const name = useModelName(answer.receipt?.model ?? answer.model);
  const deeds = useAnswerDeeds(answer);
  const isActive = isRunning(answer);
  const headingId = `turn-${answer.id}`;
  return (
    <article
      aria-labelledby={headingId}
      aria-busy={isActive}
      className={styles['answer']}
      data-turn={answer.id}
    >
      <h2 id={headingId} className="visually-hidden">
        {name}
      </h2>
      {answer.parts.map((part, index) => (
        <Part key={index} part={part} isLast={isActive && index === answer.parts.length - 1} />
      ))}
      <MovedNotes answer={answer} />
      {answer.status === 'waiting' && (
        <AnswerWaiting answer={answer} onStop={deeds.stop} onUseInstead={deeds.useInstead} />
      )}
      <AnswerEnd
        answer={answer}
        onTryAgain={deeds.tryAgain}
        onTryWith={deeds.tryWith}
        onContinue={deeds.goOn}
      />
      {deeds.problem}
      {answer.receipt !== undefined && !isActive && (
        <ReceiptLine receipt={answer.receipt} modelName={name} attachments={attachments} />
      )}
      {!isActive && <AnswerActions answer={answer} place={place} deeds={deeds} />}
    </article>
  );
}, isSameTurn);

/** Places are worked out anew with every token; only what they say counts. */
function isSameTurn(a: AnswerTurnProps, b: AnswerTurnProps): boolean {
  return a.answer === b.answer && a.attachments === b.attachments && isSamePlace(a.place, b.place);
}

interface PartProps {
  readonly part: AnswerPart;
  /** It may still grow. */
  readonly isLast: boolean;
}

function Part({ part, isLast }: PartProps) {
  switch (part.type) {
    case 'text':
      return <Markdown text={part.text} />;
    case 'reasoning':
      return (
        <Thoughts
          text={part.text}
          durationMs={part.durationMs}
          isThinking={isLast && part.durationMs === undefined}
        />
      );
    case 'tool-call':
      return <ToolCallRow name={part.name} argumentsText={part.arguments} />;
  }
}
