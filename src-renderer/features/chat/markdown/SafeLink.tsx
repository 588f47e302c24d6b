import type { ReactNode } from 'react';
import { safeAddress } from './safe-address.ts';

export interface SafeLinkProps {
  readonly address: string;
  readonly children: ReactNode;
}

/** A link out of an answer: opens outside this window and tells the other side nothing. */
export function SafeLink({ address, children }: SafeLinkProps) {
  const safe = safeAddress(address);
  if (safe === undefined) return <span title={address}>{children}</span>;
  return (
    <a href={safe} title={safe} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}
