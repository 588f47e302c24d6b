import type { HeldPlace } from '../places.ts';

export interface AddressTabProps {
  readonly place: HeldPlace;
}

export function AddressTab({ place }: AddressTabProps) {
  return <p>{place.name}</p>;
}
