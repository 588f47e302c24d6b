import { isLoopbackHost } from '../platform/http/loopback.ts';

/** Whether an address leads to this very runtime. */
export function isOnOwnPort(url: string, ports: readonly number[]): boolean {
  const { hostname, port } = new URL(url);
  return isLoopbackHost(hostname) && ports.includes(Number(port));
}
