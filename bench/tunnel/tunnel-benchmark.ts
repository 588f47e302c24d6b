import { describeMachine } from '../support/machine.ts';
import type { Report, Section } from '../support/report.ts';
import { measureCancel } from './cancel.ts';
import { measureCrowd } from './crowd.ts';
import { measureCuts } from './cut-lines.ts';
import { measureFirstToken } from './first-token.ts';
import { measureKills } from './lost-machines.ts';
import type { PartOptions } from './pool-under-test.ts';
import { measureSeam } from './seam.ts';
import { measureSimulatedNodes } from './simulated-nodes.ts';

const parts = {
  'first-token': measureFirstToken,
  crowd: measureCrowd,
  machines: measureSimulatedNodes,
  cancel: measureCancel,
  cuts: measureCuts,
  kills: measureKills,
  seam: measureSeam,
} as const;

type TunnelPart = keyof typeof parts;
export const tunnelParts = Object.keys(parts) as readonly TunnelPart[];

/** What a pool's tunnel adds, carries and survives: real processes, real gRPC and TLS on loopback. */
export async function benchmarkTunnel({
  part,
  ...options
}: PartOptions & { readonly part?: TunnelPart }): Promise<Report> {
  const machine = describeMachine();
  const sections: Section[] = [];
  for (const name of part === undefined ? tunnelParts : [part]) {
    sections.push(await parts[name](options));
  }
  return { benchmark: 'tunnel', machine, sections };
}
