import { useEffect, useState } from 'react';

/** A header is fetched and read within seconds; whoever is that late failed on the way. */
const patienceMs = 60_000;

/**
 * Whether figures are still awaited. Ends when none came for a while: then they are unknown, and
 * nothing pretends to be on its way. Each one that comes starts the waiting for the others anew.
 */
export function usePatience(missing: number): boolean {
  const [givenUpAt, setGivenUpAt] = useState<number>();
  useEffect(() => {
    if (missing === 0) return undefined;
    const timer = setTimeout(() => {
      setGivenUpAt(missing);
    }, patienceMs);
    return () => {
      clearTimeout(timer);
    };
  }, [missing]);
  return missing > 0 && missing !== givenUpAt;
}
