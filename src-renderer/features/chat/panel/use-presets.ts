import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { create as createStore } from 'zustand';
import { api } from '../../../api.ts';
import { showToast } from '../../../state/toasts.ts';
import type { ChatParameters, Preset } from '../types.ts';

const useStore = createStore<{ readonly presets: readonly Preset[] }>()(() => ({ presets: [] }));

/** What a preset keeps. */
export interface PresetContent {
  readonly systemPrompt: string;
  readonly parameters: ChatParameters;
}

/** Whether a chat is set exactly as a preset says. */
export function isSameConfig(a: PresetContent, b: PresetContent): boolean {
  const keys = new Set([...Object.keys(a.parameters), ...Object.keys(b.parameters)]);
  return (
    a.systemPrompt === b.systemPrompt &&
    [...keys].every((key) => Reflect.get(a.parameters, key) === Reflect.get(b.parameters, key))
  );
}

async function refresh(): Promise<void> {
  useStore.setState(await api.chats.presets({}));
}

/** The presets of this person. */
export function usePresets() {
  const { t } = useTranslation();
  const { presets } = useStore();
  const [error, setError] = useState<unknown>(undefined);
  useEffect(() => {
    refresh().catch(setError);
  }, []);
  const attempt = (work: Promise<unknown>) => {
    setError(undefined);
    work.then(refresh).catch(setError);
  };
  return {
    presets,
    error,
    create: async (name: string, { systemPrompt, parameters }: PresetContent): Promise<Preset> => {
      const preset = await api.chats.createPreset({ name, systemPrompt, parameters });
      await refresh();
      return preset;
    },
    rename: async ({ id }: Preset, name: string): Promise<void> => {
      await api.chats.updatePreset({ id, name });
      await refresh();
    },
    overwrite: ({ id }: Preset, { systemPrompt, parameters }: PresetContent) => {
      attempt(api.chats.updatePreset({ id, systemPrompt, parameters }));
    },
    remove: ({ id, name, systemPrompt, parameters }: Preset) => {
      attempt(
        api.chats.removePreset({ id }).then(() => {
          showToast(t('chat.preset.deleted', { name }), () => {
            attempt(api.chats.createPreset({ name, systemPrompt, parameters }));
          });
        }),
      );
    },
  };
}
