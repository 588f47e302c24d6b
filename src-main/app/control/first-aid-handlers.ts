import type { ControlHandlers } from '../../contract/control.ts';
import type { Backups } from '../first-aid/backups.ts';
import type { FirstAid } from '../first-aid/first-aid.ts';

/** The longest of all looks is that of the engine; a person who leaves the page ends nothing by that. */
const limitMs = 180_000;

interface FirstAidHandlersDeps {
  readonly firstAid: FirstAid;
  readonly backups: Backups;
}

export function createFirstAidHandlers({
  firstAid,
  backups,
}: FirstAidHandlersDeps): ControlHandlers['firstAid'] {
  return {
    examine: async () => ({
      findings: [...(await firstAid.examine(AbortSignal.timeout(limitMs)))],
    }),
    async mend({ deed, subject }) {
      await firstAid.mend(deed, subject, AbortSignal.timeout(limitMs));
      return {};
    },
    report: async () => ({ sections: [...(await firstAid.report(AbortSignal.timeout(limitMs)))] }),
    backups: () => ({ folder: backups.folder, copies: [...backups.list()] }),
    backUp: ({ path }) => backups.make(path),
    restore({ path }) {
      backups.restore(path);
      return {};
    },
  };
}
