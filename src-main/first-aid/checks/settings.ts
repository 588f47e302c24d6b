import type { Finding } from '../../contract/first-aid.ts';
import type { Check } from '../examine.ts';
import { byGoingTo, ok, problem, warning } from '../finding.ts';

interface SettingsDeps {
  /** Why the settings could not be read; undefined where they could. */
  readonly settingsProblem: () => Promise<string | undefined> | string | undefined;
  /** What is wrong with the config file; undefined for a good one, and for none. */
  readonly configProblem: () => Promise<ConfigTrouble | undefined> | ConfigTrouble | undefined;
}

export interface ConfigTrouble {
  readonly path: string;
  readonly line: number;
  readonly reason: string;
}

export function checkSettings({ settingsProblem, configProblem }: SettingsDeps): Check {
  return {
    about: 'the settings',
    limitMs: 5000,
    async run() {
      const findings: Finding[] = [];
      const reason = await settingsProblem();
      if (reason !== undefined) {
        findings.push(
          warning('settings-broken', { values: { reason }, fix: byGoingTo('/settings') }),
        );
      }
      const trouble = await configProblem();
      if (trouble !== undefined) {
        const values = { ...trouble, line: trouble.line.toString() };
        findings.push(problem('config-rejected', { values, fix: byGoingTo('/settings/gateway') }));
      }
      return findings.length === 0 ? [ok('settings')] : findings;
    },
  };
}
