import type { Provider, ProviderPreset } from '../../../api.ts';
import { keysIn } from '../other/server-words.ts';

export const accesses = ['owner', 'everybody'] as const;

/** What is typed about a provider. */
export interface ProviderDraft {
  readonly name: string;
  readonly baseUrl: string;
  /** One key a line. */
  readonly keys: string;
  readonly access: Provider['access'];
}

export function providerDraftOf(preset: ProviderPreset): ProviderDraft {
  return { name: '', baseUrl: preset.baseUrl ?? '', keys: '', access: 'owner' };
}

export type ProviderProblem = 'url' | 'key';

/** Why it cannot be asked yet; undefined when it can. */
export function providerProblem(
  draft: ProviderDraft,
  preset: ProviderPreset,
): ProviderProblem | undefined {
  if (draft.baseUrl.trim() === '') return 'url';
  return preset.needsKey && keysIn(draft.keys).length === 0 ? 'key' : undefined;
}

/** The same for the gateway; a name and an address that were not changed are left to the preset. */
export function newProvider(draft: ProviderDraft, preset: ProviderPreset) {
  const [name, baseUrl] = [draft.name.trim(), draft.baseUrl.trim()];
  return {
    preset: preset.id,
    keys: keysIn(draft.keys),
    access: draft.access,
    ...(name !== '' && { name }),
    ...(baseUrl !== preset.baseUrl && { baseUrl }),
  };
}
