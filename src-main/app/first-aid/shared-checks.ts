import { join } from 'node:path';
import type { Settings } from '../../contract/settings.ts';
import type { Clock } from '../../core/clock.ts';
import { checkCertificate } from '../../first-aid/checks/certificate.ts';
import { checkDataFolder } from '../../first-aid/checks/data-folder.ts';
import { checkLeftovers } from '../../first-aid/checks/leftovers.ts';
import { checkNetwork } from '../../first-aid/checks/network.ts';
import type { HubLook } from '../../first-aid/checks/network.ts';
import { checkPorts } from '../../first-aid/checks/ports.ts';
import type { Check } from '../../first-aid/examine.ts';
import { findPortHolder } from '../../platform/port-holder.ts';
import { isPortFree } from '../../platform/http/free-port.ts';
import type { Outgoing } from '../../platform/http/outgoing.ts';
import { proxiesOf } from '../../platform/http/proxies.ts';
import type { DataPaths, Surroundings } from '../../platform/paths.ts';
import { certificateFilesOf } from '../pool/certificate-files.ts';

interface SharedDeps {
  readonly paths: DataPaths;
  readonly surroundings: Surroundings;
  readonly outgoing: Outgoing;
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly hub: (signal: AbortSignal) => Promise<HubLook>;
  readonly currentPort: () => number | undefined;
  readonly closedPoolPort: () => number | undefined;
  readonly holder: Parameters<typeof checkLeftovers>[0]['holder'];
  readonly failedUpdate: Parameters<typeof checkLeftovers>[0]['failedUpdate'];
}

/** What is looked at alike whether Millpond runs or not. */
export function sharedChecks(deps: SharedDeps): readonly Check[] {
  const { paths, surroundings, outgoing, clock, settings } = deps;
  return [
    checkDataFolder(paths.dataFolder),
    checkPorts({
      wanted: () => settings().port,
      current: deps.currentPort,
      closedPoolPort: deps.closedPoolPort,
      isFree: (port, reach) => isPortFree(port, reach === 'loopback' ? '127.0.0.1' : undefined),
      holderOf: findPortHolder,
    }),
    checkNetwork({
      hub: deps.hub,
      http: outgoing.client('hub'),
      proxies: () => (settings().localOnly ? [] : proxyAddresses(surroundings.env)),
    }),
    checkCertificate({
      files: () => certificateFilesOf(settings()),
      publicName: () => hostNameOf(settings().publicAddress),
      now: () => clock.now(),
    }),
    checkLeftovers({ paths, holder: deps.holder, failedUpdate: deps.failedUpdate }),
  ];
}

function proxyAddresses(env: Surroundings['env']): readonly string[] {
  const { httpProxy, httpsProxy } = proxiesOf(env) ?? {};
  return [...new Set([httpsProxy, httpProxy])].filter((address) => address !== undefined);
}

/** Without a port; empty for an address without a name. */
function hostNameOf(publicAddress: string): string {
  const host = URL.parse(`https://${publicAddress}`)?.hostname ?? '';
  return /[a-z]/i.test(host) && !host.startsWith('[') ? host : '';
}

export const settingsFile = (folder: string): string => join(folder, 'settings.json');
