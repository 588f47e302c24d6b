import type { ReactNode } from 'react';
import { safeAddress } from './safe-address.ts';

export interface SafeLinkProps {
  readonly address: string;
  /** The page that the text is from: relative addresses lead there. */
  readonly page?: string | undefined;
  readonly children: ReactNode;
}

/** A link out of a text that somebody else wrote: opens outside this window and tells the other side nothing. */
export function SafeLink({ address, page, children }: SafeLinkProps) {
  const safe = safeAddress(address, page);
  if (safe === undefined) return <span title={address}>{children}</span>;
  return (
    <a href={safe} title={safe} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}
