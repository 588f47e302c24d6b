import { create } from 'zustand';

interface OpenedInvite {
  /** The link whose confirmation is on screen; a secret, so it stands in no address. */
  readonly link: string | undefined;
}

/** The invite that somebody pasted, or that the system handed over. It never acts by itself. */
export const useOpenedInvite = create<OpenedInvite>()(() => ({ link: undefined }));

export function openInvite(link: string): void {
  useOpenedInvite.setState({ link });
}

export function closeInvite(): void {
  useOpenedInvite.setState({ link: undefined });
}

/** The invite of an address such as `/join#CODE`; undefined for every other address. */
export function inviteLinkOf(pathname: string, fragment: string): string | undefined {
  const code = fragment.replace(/^#/, '');
  const isJoin = pathname.replace(/\/$/, '') === '/join' && /^[\w-]+$/.test(code);
  return isJoin ? `millpond://join/${code}` : undefined;
}
