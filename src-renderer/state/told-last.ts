/**
 * Answers come over HTTP and news over the live socket, so that an answer may arrive after news of a
 * later moment. What was told while a question was open is therefore shown once more after its answer:
 * news always have the last word.
 */
export interface ToldLast {
  /** Shows an answer, then again what was told while it was awaited. Rejects as the question does. */
  readonly answer: <Answer>(
    question: Promise<Answer>,
    show: (answer: Answer) => void,
  ) => Promise<void>;
  /** Shows news at once. `show` may be called again and must come to the same result. */
  readonly told: (show: () => void) => void;
}

export function createToldLast(): ToldLast {
  const open = new Set<(() => void)[]>();
  return {
    async answer(question, show) {
      const meanwhile: (() => void)[] = [];
      open.add(meanwhile);
      try {
        show(await question);
      } finally {
        open.delete(meanwhile);
      }
      for (const again of meanwhile) again();
    },
    told(show) {
      for (const meanwhile of open) meanwhile.push(show);
      show();
    },
  };
}
