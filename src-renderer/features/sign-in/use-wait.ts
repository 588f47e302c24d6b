import { useEffect, useState } from 'react';
import type { MillpondError } from '../../../src-main/core/error.ts';
import { useNow } from '../../ui/use-now.ts';

/** Whole seconds until a refused try makes sense again; 0 when it does. Counts down by itself. */
export function useWait(error: MillpondError | undefined): number {
  const [until, setUntil] = useState(0);
  const now = useNow(500, until > 0);
  useEffect(() => {
    setUntil(error?.retryAfterMs === undefined ? 0 : Date.now() + error.retryAfterMs);
  }, [error]);
  return Math.max(0, Math.ceil((until - now) / 1000));
}
