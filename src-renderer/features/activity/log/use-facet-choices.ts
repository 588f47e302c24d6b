import { useMemo, useState } from 'react';
import type { RequestRecord } from '../../../api.ts';
import { useMay } from '../../../state/may.ts';
import { useKnownPeople } from '../../../state/gateway-lists.ts';
import { noChoices, withRequestChoices } from './activity-filter.ts';
import type { FacetChoices } from './activity-filter.ts';

/** What the requests seen so far can be told apart by; a choice that left the screen stays. */
export function useFacetChoices(requests: readonly RequestRecord[] | undefined): FacetChoices {
  const people = useKnownPeople(useMay('managePeople'));
  const names = useMemo(() => new Map(people.map(({ id, name }) => [id, name])), [people]);
  const [choices, setChoices] = useState(noChoices);
  const next = withRequestChoices(choices, requests ?? [], (id) => names.get(id));
  // The same object comes back once nothing is new, so that this ends.
  if (next !== choices) setChoices(next);
  return next;
}
