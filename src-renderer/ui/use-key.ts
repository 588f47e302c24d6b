import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';

/** Runs when this key is pressed anywhere inside the element and nothing inside has used it. */
export function useKey(element: RefObject<HTMLElement | null>, key: string, run: () => void): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    const target = element.current;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== key || event.defaultPrevented) return;
      event.preventDefault();
      latest.current();
    };
    target?.addEventListener('keydown', onKeyDown);
    return () => target?.removeEventListener('keydown', onKeyDown);
  }, [element, key]);
}
