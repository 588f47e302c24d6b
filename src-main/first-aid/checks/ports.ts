import type { Check } from '../examine.ts';
import { byDeed, ok, problem, warning } from '../finding.ts';
import type { Finding } from '../../contract/first-aid.ts';

interface PortDeps {
  /** Where Millpond is set to answer; 0: anywhere. */
  readonly wanted: () => number;
  /** Where it answers now; undefined while it does not run. */
  readonly current: () => number | undefined;
  /** The pool's port while pools are held here and their port is closed. */
  readonly closedPoolPort: () => number | undefined;
  readonly isFree: (port: number, reach: 'loopback' | 'everywhere') => Promise<boolean>;
  /** Who listens there, such as `nginx (process 812)`; undefined where the system does not tell. */
  readonly holderOf: (port: number) => Promise<string | undefined>;
}

export function checkPorts(deps: PortDeps): Check {
  const who = async (port: number): Promise<Readonly<Record<string, string>>> => ({
    port: port.toString(),
    who: (await deps.holderOf(port)) ?? 'another program',
  });
  return {
    about: 'the ports',
    limitMs: 10_000,
    async run() {
      const [wanted, current] = [deps.wanted(), deps.current()];
      const findings: Finding[] = [];
      if (wanted === 0 || wanted === current) {
        findings.push(ok('port', { port: (current ?? wanted).toString() }));
      } else if (await deps.isFree(wanted, 'loopback')) {
        findings.push(ok('port-free', { port: wanted.toString() }));
      } else {
        const more = { values: await who(wanted), fix: byDeed('choose-free-port') };
        findings.push(
          current === undefined ? problem('port-taken', more) : warning('port-taken', more),
        );
      }
      const pool = deps.closedPoolPort();
      if (pool !== undefined && !(await deps.isFree(pool, 'everywhere'))) {
        const more = { values: await who(pool), fix: byDeed('choose-free-pool-port') };
        findings.push(problem('pool-port-taken', more));
      }
      return findings;
    },
  };
}
