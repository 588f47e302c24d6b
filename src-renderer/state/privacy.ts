import { create } from 'zustand';
import { MillpondError } from '../../src-main/core/error.ts';
import { api, events, onResync } from '../api.ts';
import type { ContactedHost } from '../api.ts';
import { createToldLast } from './told-last.ts';

interface PrivacyState {
  /** Undefined until the first answer. */
  readonly hosts: readonly ContactedHost[] | undefined;
  /** Since when is counted, in epoch milliseconds. */
  readonly since: number | undefined;
  readonly error: MillpondError | undefined;
}

/** What left this machine since the start of the runtime. */
export const usePrivacy = create<PrivacyState>()(() => ({
  hosts: undefined,
  since: undefined,
  error: undefined,
}));

/** The list with one host replaced or added; the one contacted last comes first. */
export function withHost(
  hosts: readonly ContactedHost[],
  changed: ContactedHost,
): readonly ContactedHost[] {
  const rest = hosts.filter(({ host }) => host !== changed.host);
  return [...rest, changed].toSorted((a, b) => b.lastAt - a.lastAt || a.host.localeCompare(b.host));
}

const { answer, told } = createToldLast();

export async function refreshContacts(): Promise<void> {
  try {
    await answer(api.privacy.contacts({}), ({ since, hosts }) => {
      usePrivacy.setState({
        since,
        hosts: hosts.reduce<readonly ContactedHost[]>(withHost, []),
        error: undefined,
      });
    });
  } catch (thrown) {
    usePrivacy.setState({ error: MillpondError.from(thrown) });
  }
}

/** Asks for the list and keeps it true until the returned function is called. */
export function followContacts(): () => void {
  void refreshContacts();
  const stops = [
    onResync(() => void refreshContacts()),
    events.privacy.onContact(({ host }) => {
      told(() => {
        usePrivacy.setState(({ hosts }) => ({ hosts: withHost(hosts ?? [], host) }));
      });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
