import type { HubFileAddress } from '../hub/hub-repo.ts';

/** Where a file can be asked for now. */
export interface FileLocation {
  readonly url: string;
  /** Sent to this URL's origin only, never to where it redirects. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the token among the headers comes from, for the sentence when it is refused. */
  readonly tokenFrom?: 'settings' | 'environment' | 'file';
}

/** Knows the hub's address and token; the hub client implements it. */
export interface FileLocator {
  /** Asked anew whenever an address stopped working. Rejects when the hub may not be asked. */
  locate(address: HubFileAddress): FileLocation | Promise<FileLocation>;
  /** Another endpoint or token from now on: running downloads go on there. */
  onChanged(listener: () => void): () => void;
}

/** What the person allows, read anew whenever it matters. */
export interface DownloadLimits {
  /** All downloads together; 0: no limit. */
  readonly bytesPerSecond: number;
  /** Local hours of the day; both equal: always. */
  readonly hours: { readonly from: number; readonly to: number };
}

/** Writes what an operator may need later; never a token. */
export interface DownloadLog {
  info(data: object, sentence: string): void;
  warn(data: object, sentence: string): void;
}
