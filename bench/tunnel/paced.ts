import type { Pace } from '../../src-main/testing/pool/counting-engines.ts';
import { Cohorts } from '../support/cohorts.ts';

/** Answers at so many tokens a second; 0: as fast as they are read. */
export function pacedAt(tokensPerSecond: number): () => Pace {
  if (tokensPerSecond === 0) return () => () => Promise.resolve();
  const cohorts = new Cohorts(tokensPerSecond);
  return () => {
    const cohort = cohorts.join();
    return async (signal) => {
      const left = Promise.withResolvers<undefined>();
      const leave = (): void => {
        left.resolve(undefined);
      };
      signal.addEventListener('abort', leave, { once: true });
      await Promise.race([cohorts.tick(cohort), left.promise]);
      signal.removeEventListener('abort', leave);
    };
  };
}
