import { useEffect, useRef } from 'react';
import type { FitView, InstalledModel } from '../../api.ts';
import { useMachine } from '../../state/machine.ts';
import { fitKey, forgetFits, learnFit, nextWithoutFit, useFits } from './fits.ts';

/** Works out the fits of all rows, one after the other in their order, while the page is on screen. */
export function useFitsOf(models: readonly InstalledModel[]): void {
  const known = useFits();
  useForgetWithLimits();
  const next = nextWithoutFit(models, known);
  const key = next && fitKey(next.id, next.options);
  const model = useRef(next);
  useEffect(() => {
    model.current = next;
  });
  useEffect(() => {
    if (key === undefined || model.current === undefined) return undefined;
    const stop = new AbortController();
    void learnFit(model.current, stop.signal);
    return () => {
      stop.abort();
    };
  }, [key]);
}

/** What this model would take; undefined until it was worked out. */
export function useFit({
  id,
  options,
}: Pick<InstalledModel, 'id' | 'options'>): FitView | undefined {
  return useFits(({ fits }) => fits.get(fitKey(id, options)));
}

/** Another limit or a vanished card makes every verdict a new one. */
function useForgetWithLimits(): void {
  const limits = useMachine(({ system }) => {
    const machine = system?.machine;
    if (machine === undefined) return undefined;
    const cards = machine.gpus.map(({ name, isMissing }) => `${name} ${String(isMissing)}`);
    return JSON.stringify([machine.memoryBudgetBytes, machine.gpuBudgetBytes, cards]);
  });
  const known = useRef(limits);
  useEffect(() => {
    if (known.current !== undefined && known.current !== limits) forgetFits();
    known.current = limits;
  }, [limits]);
}
