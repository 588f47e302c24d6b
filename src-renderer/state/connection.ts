import { create } from 'zustand';

/**
 * - `starting` nothing is known yet · `online` live data flows
 * - `offline` the runtime does not answer since `since`; what is on screen is from before
 * - `signed-out` there is no bearer, or the runtime refused it, or the login code was refused
 */
export type Connection =
  | { readonly phase: 'starting' }
  | { readonly phase: 'online' }
  | { readonly phase: 'offline'; readonly since: number }
  | { readonly phase: 'signed-out'; readonly reason: 'no-session' | 'expired' | 'code-refused' };

export const useConnection = create<Connection>()(() => ({ phase: 'starting' }));

/** Dials the runtime at once; does something only while offline. Set by `start`. */
export const reconnect: { now: () => void } = { now: () => undefined };

export function setConnection(connection: Connection): void {
  useConnection.setState(connection, true);
}
