import { useState } from 'react';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api } from '../../../api.ts';
import type { AlertSettings } from '../../../api.ts';
import { useAnswer } from '../../../state/use-answer.ts';

const ask = (signal: AbortSignal): Promise<AlertSettings> => api.alerts.settings({}, { signal });

export type AlertPatch = Parameters<typeof api.alerts.update>[0];

/** What is told, and where; each change acts at once and is taken back where it is refused. */
export function useAlertSettings() {
  const { answer: settings, error, refresh, change } = useAnswer(ask);
  const [refused, setRefused] = useState<MillpondError>();
  return {
    settings,
    error,
    refused,
    refresh,
    update: async (patch: AlertPatch): Promise<boolean> => {
      setRefused(undefined);
      try {
        const kept = await api.alerts.update(patch);
        change(() => kept);
        return true;
      } catch (thrown) {
        setRefused(MillpondError.from(thrown));
        return false;
      }
    },
  };
}
