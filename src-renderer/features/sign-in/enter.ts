import { bearerStore } from '../../api.ts';

/** Keeps the session and begins the window anew with it, at the address that was asked for. */
export function enter(token: string): void {
  bearerStore.save(token);
  globalThis.location.reload();
}
