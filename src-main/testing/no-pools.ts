import type { PoolSide } from '../app/gateway-deps.ts';
import { thisMachineOnly } from '../gateway/ports.ts';
import type { UpstreamDirectory } from '../gateway/ports.ts';

const nothing: UpstreamDirectory = {
  models: () => [],
  resolve: () => undefined,
  candidates: () => [],
};
const never = (): (() => void) => () => {};

/** The pool side of a gateway that holds no pool and is in none. */
export const noPools: PoolSide = {
  identity: {
    gatewayId: '0190a000-0000-7000-8000-00000000000a',
    authority: { certPem: '', keyPem: '' },
    spki: '',
  },
  gatewayName: () => 'test-machine',
  isHeadless: false,
  publicNames: () => [],
  onArrival: () => {},
  ownMachine: { current: () => undefined, onChanged: never },
  joined: nothing,
  joinedPools: { ids: () => thisMachineOnly.pools, onChanged: never },
  digestOf: () => undefined,
  beforeFirstPool: () => Promise.resolve(),
};
