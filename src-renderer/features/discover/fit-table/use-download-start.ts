import { useState } from 'react';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { startDownload } from '../../../state/downloads.ts';
import { keyOf } from './fit-row.ts';
import type { FitRowData } from './fit-row.ts';

export type Wanted = Pick<FitRowData, 'repo' | 'variant' | 'spokenName'>;

export interface DownloadStart {
  /** Key of the row whose download is being started. */
  readonly startingKey: string | undefined;
  readonly failure: { readonly wanted: Wanted; readonly error: MillpondError } | undefined;
  readonly start: (wanted: Wanted) => void;
}

/** Starts downloads of a table, with the reason why the last one could not be started. */
export function useDownloadStart(): DownloadStart {
  const [startingKey, setStartingKey] = useState<string>();
  const [failure, setFailure] = useState<DownloadStart['failure']>();

  async function begin(wanted: Wanted): Promise<void> {
    setStartingKey(keyOf(wanted));
    setFailure(undefined);
    try {
      await startDownload(wanted.repo, wanted.variant);
    } catch (thrown) {
      setFailure({ wanted, error: MillpondError.from(thrown) });
    } finally {
      setStartingKey(undefined);
    }
  }

  return {
    startingKey,
    failure,
    start: (wanted) => {
      if (startingKey === undefined) void begin(wanted);
    },
  };
}
