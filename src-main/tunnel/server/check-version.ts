import { TunnelRefusal } from '../refusal.ts';
import { oldestProtocolVersion, protocolVersion } from '../wire/protocol.ts';

/** Refuses a device whose version of the link does not overlap with ours, and says who has to update. */
export function checkVersion(theirs: number): void {
  if (theirs < oldestProtocolVersion) {
    throw new TunnelRefusal(
      'version-too-old',
      `This device speaks version ${theirs} of the pool's link and the gateway needs ${oldestProtocolVersion} or newer; update Millpond on this device`,
    );
  }
  if (theirs > protocolVersion) {
    throw new TunnelRefusal(
      'version-too-new',
      `This device speaks version ${theirs} of the pool's link and the gateway only ${protocolVersion}; ask the pool's owner to update Millpond on the gateway`,
    );
  }
}
