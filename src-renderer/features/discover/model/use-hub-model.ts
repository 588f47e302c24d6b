import { useCallback, useEffect, useMemo, useState } from 'react';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api, events, onResync } from '../../../api.ts';
import type { Aim, HubModel } from '../../../api.ts';
import { useHub } from '../../../state/hub.ts';
import { variantsWithFits, withNews } from './variant-fits.ts';
import type { FitNews } from './variant-fits.ts';

export interface HubModelView {
  /** With the fits that are known by now; undefined until the first answer. */
  readonly model: HubModel | undefined;
  readonly error: MillpondError | undefined;
  readonly isAsking: boolean;
  readonly retry: () => void;
}

/** What was answered to which question; answers and fits of an older one are not mixed in. */
interface Answered {
  readonly question: string | undefined;
  readonly model: HubModel | undefined;
  readonly error: MillpondError | undefined;
}

interface Worked {
  readonly question: string;
  readonly news: readonly FitNews[];
}

const noNews: readonly FitNews[] = [];
const nothingYet: Answered = { question: undefined, model: undefined, error: undefined };

/** A repository of the hub for one aim. Its fits arrive one after the other, some before the answer. */
export function useHubModel(repo: string, aim: Aim): HubModelView {
  const [answered, setAnswered] = useState(nothingYet);
  const [worked, setWorked] = useState<Worked>();
  const [attempt, setAttempt] = useState(0);
  const closedBy = useHub((state) => state.status?.closedBy);
  // Another account may see more.
  const account = useHub((state) => state.status?.account);
  const question = `${repo} ${aim} ${String(attempt)} ${closedBy ?? ''} ${account ?? ''}`;
  const retry = useCallback(() => {
    setAttempt((current) => current + 1);
  }, []);

  useEffect(() => {
    const stop = new AbortController();
    const stopNews = events.hub.onFit((latest) => {
      if (latest.repo !== repo || latest.aim !== aim) return;
      setWorked((current) => {
        const news = current?.question === question ? current.news : noNews;
        return { question, news: withNews(news, latest) };
      });
    });
    api.hub.model({ repo, aim }, { signal: stop.signal }).then(
      (model) => {
        setAnswered({ question, model, error: undefined });
      },
      (thrown: unknown) => {
        if (stop.signal.aborted) return;
        const error = MillpondError.from(thrown);
        setAnswered(({ model }) => ({ question, model, error }));
      },
    );
    return () => {
      stopNews();
      stop.abort();
    };
  }, [repo, aim, question]);
  useEffect(() => onResync(retry), [retry]);

  const { model } = answered;
  const news = worked?.question === question ? worked.news : noNews;
  const complete = useMemo(
    () => model && { ...model, variants: [...variantsWithFits(model.variants, news)] },
    [model, news],
  );
  return {
    model: complete,
    error: answered.error,
    isAsking: answered.question !== question,
    retry,
  };
}
