/** One host that this process has sent bytes to since it started. */
export interface ContactedHost {
  readonly host: string;
  readonly isLoopback: boolean;
  readonly requests: number;
  readonly lastAt: number;
}

/** Counts outgoing connections where they are opened: what *What left this machine* reads. */
export interface ConnectionRegister {
  report(host: string): void;
  hosts(): readonly ContactedHost[];
}

export function createConnectionRegister(now: () => number): ConnectionRegister {
  const contacted = new Map<string, ContactedHost>();
  return {
    report(host) {
      const requests = (contacted.get(host)?.requests ?? 0) + 1;
      contacted.set(host, { host, isLoopback: isLoopbackHost(host), requests, lastAt: now() });
    },
    hosts: () => [...contacted.values()],
  };
}

export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
