import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { refreshMachine } from '../../state/machine.ts';
import { fetchStarters, useHub, wantStarters } from '../../state/hub.ts';
import { navigate } from '../../router.ts';
import { Page } from '../../ui/Page.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { DownloadDock } from './downloads/DownloadDock.tsx';
import { HubTroubleNote } from './hub/HubTroubleNote.tsx';
import { hubTrouble } from './hub/hub-trouble.ts';
import type { HubTrouble } from './hub/hub-trouble.ts';
import { parseHubAddress } from './hub-address.ts';
import { MachineStrip } from './MachineStrip.tsx';
import { HubSection } from './search/HubSection.tsx';
import { search, setQuery, useHubSearch, wantSearch } from './search/search-store.ts';
import { Starters } from './Starters.tsx';

/** This machine, a handful that suit it, and everything else on the hub. */
export function DiscoverHome() {
  const { t } = useTranslation();
  const query = useHubSearch((state) => state.query);
  const hasModels = useHubSearch((state) => state.models !== undefined);
  const hasStarters = useHub((state) => state.starters !== undefined);
  const endpoint = useHub((state) => state.status?.endpoint);
  const trouble = useHubTrouble();
  const isCutOff = trouble?.kind === 'problem';
  const isSearching = query.trim() !== '' && !isCutOff;
  useAsk();
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
          disabledReason={isCutOff && query === '' ? t('discover.searchNeedsHub') : undefined}
        />
      }
      dock={<DownloadDock />}
    >
      {!isSearching && <MachineStrip />}
      {trouble !== undefined && <HubTroubleNote trouble={trouble} onRetry={askAgain} />}
      {!isSearching && (hasStarters || !isCutOff) && <Starters />}
      {(hasModels || !isCutOff) && <HubSection />}
    </Page>
  );
}

/** Asks the hub what was not asked yet, and again when it is another one or may be asked again. */
function useAsk(): void {
  const endpoint = useHub((state) => state.status?.endpoint);
  const closedBy = useHub((state) => state.status?.closedBy);
  useEffect(wantStarters, []);
  useEffect(() => {
    wantSearch(endpoint);
  }, [endpoint, closedBy]);
}

function askAgain(): void {
  void fetchStarters();
  void search();
}

function useHubTrouble(): HubTrouble | undefined {
  const { startersError, startersFreshness } = useHub();
  const { error, freshness } = useHubSearch();
  return hubTrouble([error, startersError], [freshness, startersFreshness]);
}
