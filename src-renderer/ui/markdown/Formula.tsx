import katex from 'katex';
import { useLayoutEffect, useRef } from 'react';
import 'katex/dist/katex.min.css';

export interface FormulaProps {
  readonly source: string;
  /** On lines of its own instead of inside a sentence. */
  readonly isDisplay: boolean;
}

/**
 * A formula. KaTeX builds its elements itself: its HTML text would bring style attributes, which the
 * window's content policy refuses. A formula with a mistake, or half of one, is shown as written.
 */
export function Formula({ source, isDisplay }: FormulaProps) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (place.current === null) return;
    try {
      katex.render(source, place.current, {
        displayMode: isDisplay,
        trust: false,
        strict: 'ignore',
        maxSize: 20,
        maxExpand: 200,
      });
    } catch {
      place.current.textContent = source; // The reader sees what the model wrote.
    }
  }, [source, isDisplay]);
  return <span ref={place} />;
}
