import { useCallback, useState } from 'react';
import { MillpondError } from '../../src-main/core/error.ts';

export interface Deed {
  readonly isBusy: boolean;
  /** Why the last try failed; gone as soon as another begins. */
  readonly error: MillpondError | undefined;
  /** Does the work once at a time; resolves to whether it succeeded and never rejects. */
  readonly run: (work: () => Promise<void>) => Promise<boolean>;
  readonly clear: () => void;
}

/** One thing that a person may start here, with its waiting and its failure. */
export function useDeed(): Deed {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<MillpondError>();
  const run = useCallback(async (work: () => Promise<void>) => {
    setIsBusy(true);
    setError(undefined);
    try {
      await work();
      return true;
    } catch (thrown) {
      setError(MillpondError.from(thrown));
      return false;
    } finally {
      setIsBusy(false);
    }
  }, []);
  const clear = useCallback(() => {
    setError(undefined);
  }, []);
  return { isBusy, error, run, clear };
}
