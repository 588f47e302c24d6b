import { hostname, networkInterfaces } from 'node:os';
import type { SettingsStore } from '../../settings/settings-store.ts';
import type { ReachLook } from './hosting.ts';

interface ReachLookDeps {
  readonly settings: SettingsStore;
  readonly port: () => number | undefined;
}

/** The addresses of this machine's own network cards. */
export function createReachLook({ settings, port }: ReachLookDeps): ReachLook {
  const own = (): readonly string[] =>
    Object.values(networkInterfaces()).flatMap((addresses = []) =>
      addresses
        .filter(
          ({ internal, family, scopeid }) => !internal && (family === 'IPv4' || scopeid === 0),
        )
        .map(({ address }) => address),
    );
  const ownName = (): string => settings.current().publicAddress.replace(/:\d+$/, '');
  return {
    names: () => ['localhost', '127.0.0.1', '::1', hostname(), ...own(), ownName()].filter(Boolean),
    candidates() {
      const open = port();
      if (open === undefined) return [];
      const { publicAddress } = settings.current();
      const at = (host: string): string => `${host.includes(':') ? `[${host}]` : host}:${open}`;
      return [
        ...(publicAddress === ''
          ? []
          : [
              {
                address: /:\d+$/.test(publicAddress) ? publicAddress : at(publicAddress),
                kind: 'own' as const,
                verdict: 'unknown' as const,
              },
            ]),
        ...own().map((host) => ({
          address: at(host),
          kind: 'lan' as const,
          verdict: 'unknown' as const,
        })),
        { address: at('127.0.0.1'), kind: 'loopback' as const, verdict: 'open' as const },
      ];
    },
    verdict: () => 'unknown',
    isLooking: false,
    look: () => Promise.resolve(),
  };
}
