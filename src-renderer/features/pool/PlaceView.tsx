import { useTranslation } from 'react-i18next';
import { navigate } from '../../router.ts';
import { useMe } from '../../state/me.ts';
import { Page } from '../../ui/Page.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { KnockCards } from './host/KnockCards.tsx';
import { PlaceActions, PlaceAside } from './PlaceHead.tsx';
import type { Place } from './places.ts';
import { heldTabs, joinedTabs, tabsFor } from './pool-tabs.ts';
import type { PoolTab } from './pool-tabs.ts';

export interface PlaceViewProps {
  readonly place: Place;
  readonly places: readonly Place[];
  /** From the address; an unknown one shows the first view. */
  readonly tab: string | undefined;
  /** One thing of that view, such as a machine. */
  readonly item: string | undefined;
}

/** One pool: its name, how it stands, who knocks, and its views. */
export function PlaceView({ place, places, tab, item }: PlaceViewProps) {
  return (
    <Page
      title={place.name}
      aside={<PlaceAside place={place} places={places} />}
      actions={<PlaceActions place={place} />}
    >
      {place.kind === 'held' ? (
        <>
          <KnockCards pool={place.pool} />
          <PlaceTabs place={place} tabs={heldTabs} {...{ tab, item }} />
        </>
      ) : (
        <PlaceTabs place={place} tabs={joinedTabs} {...{ tab, item }} />
      )}
    </Page>
  );
}

interface PlaceTabsProps<Shown extends Place> extends Pick<PlaceViewProps, 'tab' | 'item'> {
  readonly place: Shown;
  readonly tabs: readonly PoolTab<Shown>[];
}

function PlaceTabs<Shown extends Place>({ place, tabs, tab, item }: PlaceTabsProps<Shown>) {
  const { t } = useTranslation();
  const role = useMe(({ me }) => me?.role);
  if (role === undefined) return null;
  const shown = tabsFor(tabs, role);
  const current = shown.find(({ name }) => name === tab) ?? shown[0];
  if (current === undefined) return null;
  return (
    <Tabs
      label={t('pool.views', { name: place.name })}
      value={current.name}
      onChange={(next) => {
        navigate({ page: 'pool', place: place.id, tab: next }, { replace: true });
      }}
      tabs={shown.map(({ name, Content }) => ({
        value: name,
        label: t(`pool.tab.${name}`),
        content: <Content place={place} item={name === tab ? item : undefined} />,
      }))}
    />
  );
}
