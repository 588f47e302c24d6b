import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';

/**
 * A note above the composer or a growing message takes height from the conversation. Whoever was
 * reading its end goes on reading its end.
 */
export function useStayAtEnd(
  scroller: RefObject<HTMLElement | null>,
  isAtEnd: () => boolean,
  toEnd: () => void,
): void {
  const latest = useRef({ isAtEnd, toEnd });
  useEffect(() => {
    latest.current = { isAtEnd, toEnd };
  });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let wasAtEnd = true;
    const remember = () => {
      wasAtEnd = latest.current.isAtEnd();
    };
    const observer = new ResizeObserver(() => {
      if (wasAtEnd) latest.current.toEnd();
    });
    element.addEventListener('scroll', remember, { passive: true });
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', remember);
      observer.disconnect();
    };
  }, [scroller]);
}
