import { useEffect, useState } from 'react';

/** The time of day, renewed at this pace while `isRunning`. For seconds gone by and coarse ages. */
export function useNow(everyMs: number, isRunning = true): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => {
      setNow(Date.now());
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [everyMs, isRunning]);
  return now;
}
