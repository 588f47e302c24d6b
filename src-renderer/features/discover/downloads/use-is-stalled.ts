import { useEffect, useState } from 'react';
import type { Download } from '../../../api.ts';

/** A hub may take a breath between two pieces of a file; longer than this and people wonder. */
const breathMs = 6000;

/**
 * Whether a running download has had no byte for a while: the network or the hub is away. Silence is
 * not announced, so it is told by the bytes that do not come.
 */
export function useIsStalled({ state, doneBytes }: Download): boolean {
  const [silentAt, setSilentAt] = useState<number>();
  useEffect(() => {
    if (state !== 'running') return undefined;
    const timer = setTimeout(() => {
      setSilentAt(doneBytes);
    }, breathMs);
    return () => {
      clearTimeout(timer);
    };
  }, [state, doneBytes]);
  return state === 'running' && silentAt === doneBytes;
}
