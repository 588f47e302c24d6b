import type { JoinedPlace } from '../places.ts';

export interface JoinedTabProps {
  readonly place: JoinedPlace;
}

export function JoinedTab({ place }: JoinedTabProps) {
  return <p>{place.name}</p>;
}
