import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../platform/logger.ts';
import { openNatPmpRouter, openUpnpRouter, openHttp } from './fake-router.fixture.ts';
import { createRouterMapper } from './router-mapper.ts';
import type { RouterMapperDeps } from './router-mapper.ts';

const within = (): AbortSignal => AbortSignal.timeout(10_000);

function mapperWith(ports: { readonly natPmp?: number; readonly ssdp?: number }, more = {}) {
  const admitted: string[] = [];
  const deps: RouterMapperDeps = {
    http: openHttp(),
    logger: silentLogger,
    defaultRouter: () => Promise.resolve(ports.natPmp === undefined ? undefined : '127.0.0.1'),
    admit: (host) => void admitted.push(host),
    ...(ports.natPmp !== undefined && { natPmpPort: ports.natPmp }),
    // Nobody hears what is sent to port 9 of loopback.
    ssdp: { host: '127.0.0.1', port: ports.ssdp ?? 9 },
    ...more,
  };
  return { mapper: createRouterMapper(deps), admitted };
}

describe('a router that speaks NAT-PMP', () => {
  test('opens the port for an hour, and closes it again when asked', async () => {
    const router = await openNatPmpRouter('81.2.69.142');
    const { mapper, admitted } = mapperWith({ natPmp: router.port });
    expect(await mapper.open(8443, within())).toEqual({
      kind: 'answered',
      externalAddress: '81.2.69.142',
      mapping: { host: '81.2.69.142', port: 8443 },
    });
    await mapper.close(within());
    // Version, order, two bytes of nothing, inner port, outer port, seconds.
    expect(router.asked).toEqual(['0000', '0002000020fb20fb00000e10', '0002000020fb000000000000']);
    expect(admitted).toEqual(['127.0.0.1']);
  });

  test('is asked three times before it counts as silent', async () => {
    const router = await openNatPmpRouter('81.2.69.142', true);
    const { mapper } = mapperWith({ natPmp: router.port });
    expect(await mapper.open(8443, within())).toEqual({ kind: 'silent' });
    expect(router.asked).toEqual(['0000', '0000', '0000']);
  });
});

describe('a router that speaks UPnP', () => {
  test('opens the port for an hour, and closes it again when asked', async () => {
    const router = await openUpnpRouter({ external: '81.2.69.142' });
    const { mapper } = mapperWith({ ssdp: router.port });
    expect(await mapper.open(8443, within())).toEqual({
      kind: 'answered',
      externalAddress: '81.2.69.142',
      mapping: { host: '81.2.69.142', port: 8443 },
    });
    await mapper.close(within());
    expect(router.asked).toEqual([
      'describe 0 0',
      'GetExternalIPAddress 0 0',
      'AddPortMapping 8443 3600',
      'DeletePortMapping 8443 0',
    ]);
  });

  test('gives the next port when the first belongs to somebody else', async () => {
    const router = await openUpnpRouter({ external: '81.2.69.142', taken: [8443, 8444] });
    const { mapper } = mapperWith({ ssdp: router.port });
    const answer = await mapper.open(8443, within());
    expect(answer).toMatchObject({ mapping: { port: 8445 } });
  });

  test('that knows no leases is asked for a lasting mapping', async () => {
    const router = await openUpnpRouter({ external: '81.2.69.142', isOld: true });
    const { mapper } = mapperWith({ ssdp: router.port });
    expect(await mapper.open(8443, within())).toMatchObject({ mapping: { port: 8443 } });
    expect(router.asked).toContain('AddPortMapping 8443 0');
  });

  test('that refuses still tells its outer address', async () => {
    const taken = [8443, 8444, 8445, 8446];
    const router = await openUpnpRouter({ external: '100.64.3.1', taken });
    const { mapper } = mapperWith({ ssdp: router.port });
    expect(await mapper.open(8443, within())).toEqual({
      kind: 'answered',
      externalAddress: '100.64.3.1',
    });
  });
});

test('sends nothing that the register of connections does not let out', async () => {
  const router = await openNatPmpRouter('81.2.69.142');
  const closed = (): never => {
    throw new Error('Local only is on');
  };
  const { mapper } = mapperWith({ natPmp: router.port }, { admit: closed });
  await expect(mapper.open(8443, within())).rejects.toThrow('Local only is on');
  expect(router.asked).toEqual([]);
});
