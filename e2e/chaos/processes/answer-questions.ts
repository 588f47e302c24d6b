import type { Answer, Question } from './messages.ts';

type AnswerFunction<Ask> = (question: Ask) => Promise<unknown>;

/** The child's end of the control pipe: says that it is ready, then answers what it is asked. */
export function answerQuestions<Ask>(ready: unknown, answer: AnswerFunction<Ask>): void {
  const tell = (message: Answer): void => {
    process.send?.(message);
  };
  process.on('message', (question: Question<Ask>) => {
    void answer(question).then((reply) => {
      tell({ number: question.number, reply: reply ?? null });
    });
  });
  // Whoever started it has gone.
  process.once('disconnect', () => process.exit(0));
  tell({ number: 0, reply: ready });
}

/** What this process was started with. */
export function startedWith(): unknown {
  return JSON.parse(process.argv[2] ?? '{}');
}
