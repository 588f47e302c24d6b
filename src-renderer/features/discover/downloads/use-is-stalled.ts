import { useEffect, useState } from 'react';
import type { Download } from '../../../api.ts';

/** A hub may take a breath between two pieces of a file; longer than this and people wonder. */
const breathMs = 5000;

/** Whether a running download has had no byte for a while: the network or the hub is away. */
export function useIsStalled({ state, bytesPerSecond }: Download): boolean {
  const isSilent = state === 'running' && bytesPerSecond === undefined;
  const [isStalled, setIsStalled] = useState(false);
  useEffect(() => {
    if (!isSilent) return undefined;
    const timer = setTimeout(() => {
      setIsStalled(true);
    }, breathMs);
    return () => {
      clearTimeout(timer);
      setIsStalled(false);
    };
  }, [isSilent]);
  return isSilent && isStalled;
}
