import { create } from 'zustand';

interface OpenedFile {
  /** The model file that the system handed over, until somebody has decided about it. */
  readonly path: string | undefined;
}

/** A file that was opened with Millpond. It is imported only when a person says so. */
export const useOpenedFile = create<OpenedFile>()(() => ({ path: undefined }));

export function offerFile(path: string): void {
  useOpenedFile.setState({ path });
}

export function leaveFile(): void {
  useOpenedFile.setState({ path: undefined });
}

/** The file of the shell's `/models#import=PATH`; undefined for every other address. */
export function fileToImport(pathname: string, fragment: string): string | undefined {
  const encoded = /^#import=(.+)$/.exec(fragment)?.[1];
  if (pathname !== '/models' || encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined; // Not written by our shell.
  }
}
