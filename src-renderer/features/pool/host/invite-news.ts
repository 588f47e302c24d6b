const listeners = new Set<() => void>();

/** Called when this tab has made or revoked an invite. Returns the way to stop. */
export function onInvites(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function announceInvites(): void {
  for (const listener of listeners) listener();
}
