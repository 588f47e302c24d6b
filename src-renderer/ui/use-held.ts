import { useEffect, useState } from 'react';
import type { RefObject } from 'react';

/** Whether the pointer or the keyboard focus is on the element: it must not go away now. */
export function useHeld(element: RefObject<HTMLElement | null>): boolean {
  const [isHeld, setIsHeld] = useState(false);
  useEffect(() => {
    const target = element.current;
    const stop = new AbortController();
    const set = (next: boolean) => () => {
      setIsHeld(next);
    };
    for (const type of ['pointerenter', 'focusin']) {
      target?.addEventListener(type, set(true), { signal: stop.signal });
    }
    for (const type of ['pointerleave', 'focusout']) {
      target?.addEventListener(type, set(false), { signal: stop.signal });
    }
    return () => {
      stop.abort();
    };
  }, [element]);
  return isHeld;
}
