import { useMemo } from 'react';
import type { ServerStatus } from '../../../api.ts';
import { gatewayUrl } from '../../../base-path.ts';
import { useServer } from '../../../state/server.ts';
import { addressForPeople, waysTo } from './addresses.ts';
import type { PageAddress, Way } from './addresses.ts';

/** The address that other people open in a browser. */
export function useGatewayAddress(): string {
  const server = useServer((state) => state.server);
  return addressForPeople(server, page());
}

/** The ways that tools can come, the best one first. */
export function useWays(server: ServerStatus): readonly Way[] {
  return useMemo(() => waysTo(server, page()), [server]);
}

function page(): PageAddress {
  return { hostname: globalThis.location.hostname, url: gatewayUrl() };
}
