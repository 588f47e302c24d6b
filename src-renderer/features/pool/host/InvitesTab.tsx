import type { HeldPlace } from '../places.ts';

export interface InvitesTabProps {
  readonly place: HeldPlace;
}

export function InvitesTab({ place }: InvitesTabProps) {
  return <p>{place.name}</p>;
}
