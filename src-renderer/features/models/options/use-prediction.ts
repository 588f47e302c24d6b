import { useEffect, useState } from 'react';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api } from '../../../api.ts';
import type { FitView, InstalledModel } from '../../../api.ts';
import { fitKey, learnFit, useFits } from '../fits.ts';
import { optionsKey } from './load-draft.ts';
import type { LoadOptions } from './load-draft.ts';

/** A hand on a slider passes many values; only where it rests this long is asked about. */
const restMs = 120;

export interface Prediction {
  /** With the options in the form; the last known one while a new one is being worked out. */
  readonly fit: FitView | undefined;
  /** With the options that are saved. */
  readonly before: FitView | undefined;
  readonly error: MillpondError | undefined;
}

interface Tried {
  readonly key: string;
  readonly fit?: FitView;
  readonly error?: MillpondError;
}

/** What the model would take with `options`; undefined options, while a field is wrong, ask nothing. */
export function usePrediction(
  model: Pick<InstalledModel, 'id' | 'options'>,
  options: LoadOptions | undefined,
): Prediction {
  const before = useSavedFit(model);
  const [tried, setTried] = useState<Tried>();
  const savedKey = optionsKey(model.options);
  const key = options === undefined ? undefined : optionsKey(options);
  const { id } = model;
  useEffect(() => {
    if (key === undefined || key === savedKey || options === undefined) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api.models.predict({ id, options }, { signal: stop.signal }).then(
        (fit) => {
          setTried({ key, fit });
        },
        (thrown: unknown) => {
          if (!stop.signal.aborted) setTried({ key, error: MillpondError.from(thrown) });
        },
      );
    }, restMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
    // The key stands for the options.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id, key, savedKey]);
  if (key === savedKey) return { fit: before, before, error: undefined };
  return {
    fit: tried?.fit ?? before,
    before,
    error: tried?.key === key ? tried?.error : undefined,
  };
}

function useSavedFit(model: Pick<InstalledModel, 'id' | 'options'>): FitView | undefined {
  const key = fitKey(model.id, model.options);
  const fit = useFits(({ fits }) => fits.get(key));
  const isKnown = fit !== undefined;
  const { id, options } = model;
  useEffect(() => {
    if (isKnown) return undefined;
    const stop = new AbortController();
    void learnFit({ id, options }, stop.signal);
    return () => {
      stop.abort();
    };
    // The key stands for model and options.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, isKnown]);
  return fit;
}
