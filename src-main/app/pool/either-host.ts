import type { NodeHost } from '../../tunnel/ports.ts';

/** One of two hosts, as its owner chooses; a choice that changes is told as a new advert. */
export function eitherHost(
  isFirst: () => boolean,
  [first, second]: readonly [NodeHost, NodeHost],
): NodeHost {
  const now = (): NodeHost => (isFirst() ? first : second);
  const both = (listen: (host: NodeHost) => () => void): (() => void) => {
    const ends = [listen(first), listen(second)];
    return () => {
      for (const end of ends) end();
    };
  };
  return {
    advert: () => now().advert(),
    load: () => now().load(),
    slots: () => now().slots(),
    admit: (request) => now().admit(request),
    command: (command, signal) => now().command(command, signal),
    onAdvertChanged: (listener) => both((host) => host.onAdvertChanged(listener)),
    onSlotsChanged: (listener) => both((host) => host.onSlotsChanged(listener)),
  };
}
