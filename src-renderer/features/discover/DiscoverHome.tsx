import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { refreshMachine } from '../../state/machine.ts';
import { useHub } from '../../state/hub.ts';
import { navigate } from '../../router.ts';
import { Page } from '../../ui/Page.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { DownloadDock } from './downloads/DownloadDock.tsx';
import { parseHubAddress } from './hub-address.ts';
import { MachineStrip } from './MachineStrip.tsx';
import { HubSection } from './search/HubSection.tsx';
import { setQuery, useHubSearch } from './search/search-store.ts';
import { Starters } from './Starters.tsx';

/** This machine, a handful that suit it, and everything else on the hub. */
export function DiscoverHome() {
  const { t } = useTranslation();
  const query = useHubSearch((state) => state.query);
  const endpoint = useHub((state) => state.status?.endpoint);
  const isSearching = query.trim() !== '';
  useEffect(() => {
    // Free memory and disk are of now; what is shown stays if that fails.
    refreshMachine().catch(() => undefined);
  }, []);

  /** Opens the page of a model that the text names; false for a search. */
  function open(text: string): boolean {
    const address = parseHubAddress(text, endpoint === undefined ? [] : [endpoint]);
    if (address === undefined) return false;
    setQuery('');
    navigate({ page: 'discover', ...address });
    return true;
  }

  return (
    <Page
      title={t('frame.page.discover')}
      actions={
        <SearchField
          size="wide"
          label={t('discover.search')}
          value={query}
          onChange={setQuery}
          onEnter={open}
          onPaste={open}
        />
      }
      dock={<DownloadDock />}
    >
      {!isSearching && <MachineStrip />}
      {!isSearching && <Starters />}
      <HubSection />
    </Page>
  );
}
