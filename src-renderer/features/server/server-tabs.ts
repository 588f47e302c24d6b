import type { JSX } from 'react';
import type { Guarded } from '../../state/may.ts';
import { ConfigTab } from './config/ConfigTab.tsx';
import { KeysTab } from './keys/KeysTab.tsx';
import { ModelsTab } from './models/ModelsTab.tsx';
import { OverviewTab } from './overview/OverviewTab.tsx';
import { PeopleTab } from './people/PeopleTab.tsx';
import { ProvidersTab } from './providers/ProvidersTab.tsx';

/** One view of the server: the word in the address, which is also its key below `server.tab`. */
export interface ServerTab extends Guarded {
  readonly name: string;
  readonly Content: () => JSX.Element | null;
}

/** The first one opens. */
export const serverTabs: readonly ServerTab[] = [
  { name: 'overview', Content: OverviewTab },
  { name: 'people', Content: PeopleTab, may: 'managePeople' },
  { name: 'keys', Content: KeysTab, may: 'makeKeys' },
  { name: 'providers', Content: ProvidersTab, may: 'manageProviders' },
  { name: 'models', Content: ModelsTab, may: 'manageModels' },
  { name: 'config', Content: ConfigTab, may: 'manageConfig' },
];
