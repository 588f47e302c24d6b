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
