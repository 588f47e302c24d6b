import { Agent } from 'node:http';
import { join } from 'node:path';
import type { PoolAddress } from '../../src-main/testing/pool/open-pool-gateway.ts';
import { forkCalls } from '../../src-main/testing/pool/remote-calls.ts';
import type { RemoteProcess } from '../../src-main/testing/pool/remote-calls.ts';
import type { PostTarget } from '../support/event-stream.ts';
import type { GatewayCalls } from './gateway-process.ts';
import type { EnrolMachines, MachineCalls } from './machine-process.ts';

export type MachineProcess = RemoteProcess<MachineCalls>;

export interface EnrolledMachines extends AsyncDisposable {
  readonly process: MachineProcess;
  /** Membership ids. */
  readonly memberships: readonly string[];
}

/** A gateway with a pool in a process of its own; this process is its caller. */
export interface PoolUnderTest extends AsyncDisposable {
  readonly gateway: RemoteProcess<GatewayCalls>;
  readonly address: PoolAddress;
  /** Its OpenAI address, with a key. */
  readonly target: PostTarget;
  /** Starts a process with machines that are let in but not connected. */
  machines(of: Omit<EnrolMachines, 'address'>, port?: number): Promise<EnrolledMachines>;
}

export interface PartOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
}

export async function startPool(): Promise<PoolUnderTest> {
  const file = join(import.meta.dirname, 'gateway-process.ts');
  const gateway = await forkCalls<GatewayCalls>(file, { execArgv: ['--expose-gc'] });
  const address = await gateway.call('address');
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const headers = { authorization: `Bearer ${address.key}` };
  return {
    ...{ gateway, address },
    target: { port: address.httpPort, path: '/v1/chat/completions', headers, agent },
    async machines(of, port = address.publicPort) {
      const process = await startMachineProcess();
      const to = { ...of, address: through(address, port) };
      const memberships = await process.call('enrol', to);
      return { process, memberships, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

export function startMachineProcess(): Promise<MachineProcess> {
  return forkCalls<MachineCalls>(join(import.meta.dirname, 'machine-process.ts'));
}

/** The same gateway behind another port of this machine. */
function through(address: PoolAddress, port: number): PoolAddress {
  const candidates = [`127.0.0.1:${String(port)}`];
  return { ...address, gateway: { ...address.gateway, candidates } };
}
