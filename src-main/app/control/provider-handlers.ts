import type { ControlHandlers } from '../../contract/control.ts';
import type { ProviderPreset } from '../../contract/providers.ts';
import type { Preset } from '../../gateway/providers/presets.ts';
import type { Providers } from '../../gateway/providers/providers.ts';

/** A provider that takes longer to list its models is as good as away. */
const askLimitMs = 15_000;

export function createProviderHandlers(providers: Providers): ControlHandlers['providers'] {
  return {
    presets: () => ({ presets: providers.presets().map(viewOfPreset) }),
    list: () => ({ providers: [...providers.list()] }),
    add: (wish) => providers.add(wish, { signal: AbortSignal.timeout(askLimitMs) }),
    update: ({ id, ...change }) => providers.update(id, change),
    async remove({ id }) {
      await providers.remove(id);
      return {};
    },
    addKey: ({ id, key }) => providers.addKey(id, key),
    removeKey: ({ id, keyId }) => providers.removeKey(id, keyId),
    check: ({ id }) => providers.check(id),
    reset: ({ id }) => providers.reset(id),
  };
}

function viewOfPreset({ id, name, dialect, baseUrl, needsKey, keyUrl }: Preset): ProviderPreset {
  return {
    ...{ id, name, dialect, needsKey },
    ...(baseUrl !== undefined && { baseUrl }),
    ...(keyUrl !== undefined && { keyUrl }),
  };
}
