import type { Clock } from '../../core/clock.ts';
import type { ConnectionRegister } from '../../platform/http/connection-register.ts';
import { enrol } from '../../tunnel/client/enrol.ts';
import { createIdentity } from '../../tunnel/identity/identity.ts';
import type { GatewayAddress, StoredMembership } from '../../tunnel/ports.ts';

/** What a machine keeps of a pool that it is in. */
export interface KeptMembership {
  readonly membership: StoredMembership;
  readonly privateKey: string;
}

export interface MachineEnrolment {
  /** As its owner calls it. */
  readonly name: string;
  readonly gateway: GatewayAddress;
  /** The secret of an invite. */
  readonly invite: string;
  readonly clock: Clock;
  readonly register: ConnectionRegister;
  readonly signal: AbortSignal;
}

/** Shows the invite with a new key. Rejects with the gateway's refusal. */
export async function enrolMachine({ name, ...asked }: MachineEnrolment): Promise<KeptMembership> {
  const { gateway, clock } = asked;
  const { publicKey, privateKey } = createIdentity();
  const names = { deviceName: name, personName: `Owner of ${name}` };
  const grant = await enrol({ ...asked, ...names, publicKey });
  return { membership: { ...grant, gateway, epoch: 0, joinedAt: clock.now() }, privateKey };
}
