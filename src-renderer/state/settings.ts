import { create } from 'zustand';
import { api, events, onResync } from '../api.ts';
import type { Settings, SettingsPatch } from '../api.ts';
import { createToldLast } from './told-last.ts';

interface SettingsState {
  /** Undefined until the first answer. */
  readonly settings: Settings | undefined;
}

export const useSettings = create<SettingsState>()(() => ({ settings: undefined }));

const { answer, told } = createToldLast();

function show(settings: Settings): void {
  useSettings.setState({ settings });
}

export async function refreshSettings(): Promise<void> {
  await answer(api.settings.get({}), show);
}

/** Shows the change at once and takes it back if the runtime refuses it, rejecting with the reason. */
export async function updateSettings(patch: SettingsPatch): Promise<void> {
  const before = useSettings.getState().settings;
  // Spreading a patch without undefined values over complete settings stays complete.
  if (before !== undefined) useSettings.setState({ settings: { ...before, ...defined(patch) } });
  try {
    await answer(api.settings.update(patch), show);
  } catch (thrown) {
    useSettings.setState({ settings: before });
    throw thrown;
  }
}

function defined(patch: SettingsPatch): Partial<Settings> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

export function followSettings(): void {
  // A gap is repaired by the next one; until then the defaults of the page hold.
  onResync(() => void refreshSettings().catch(() => undefined));
  events.settings.onChanged((settings) => {
    told(() => {
      show(settings);
    });
  });
}
