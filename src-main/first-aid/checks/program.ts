import type { StartMode } from '../../contract/system.ts';
import type { Check } from '../examine.ts';
import { byDeed, ok, problem, warning } from '../finding.ts';

const oldestNode = 24;

interface ProgramFacts {
  readonly version: string;
  /** How it was installed, such as `deb`. */
  readonly kind: string;
  readonly nodeVersion: string;
  readonly mode: StartMode;
  /** Starts before this one that ended before they were ready. */
  readonly crashedStarts: number;
}

export function checkProgram(facts: ProgramFacts): Check {
  return {
    about: 'the program',
    limitMs: 1000,
    run() {
      const { version, kind, nodeVersion: node, mode, crashedStarts } = facts;
      const isOld = Number.parseInt(node, 10) < oldestNode;
      return [
        isOld
          ? problem('program-old-node', { values: { node, version } })
          : ok('program', { version, kind, node }),
        ...(mode === 'safe' ? [ok('start-safe')] : []),
        ...(mode !== 'safe' && crashedStarts >= 2
          ? [
              warning('start-crashed', {
                values: { count: crashedStarts.toString() },
                fix: byDeed('start-safely'),
              }),
            ]
          : []),
      ];
    },
  };
}
