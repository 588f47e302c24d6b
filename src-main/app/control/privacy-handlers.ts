import type { ControlHandlers } from '../../contract/control.ts';
import type { ContactedHost } from '../../contract/privacy.ts';
import type {
  ConnectionRegister,
  ContactedHost as RegisteredHost,
} from '../../platform/http/connection-register.ts';

/** *What left this machine*, as the register of outgoing connections has counted it. */
export function createPrivacyHandlers(register: ConnectionRegister): ControlHandlers['privacy'] {
  return {
    contacts: () => ({
      since: register.since,
      localOnly: register.isLocalOnly,
      hosts: register.hosts().map(viewOfHost),
    }),
  };
}

export function viewOfHost(host: RegisteredHost): ContactedHost {
  return { ...host, purposes: [...host.purposes] };
}
