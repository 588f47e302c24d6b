import styles from './Words.module.css';

export interface WordsProps {
  readonly words: readonly string[];
  /** Two people read them to each other, from both screens. */
  readonly isLarge?: boolean;
}

/** A key as words that people can compare. They are English in every language, like the key. */
export function Words({ words, isLarge = false }: WordsProps) {
  return (
    <span lang="en" className={styles['words']} data-large={isLarge || undefined}>
      {words.map((word, index) => (
        <span key={`${String(index)} ${word}`}>{word} </span>
      ))}
    </span>
  );
}
