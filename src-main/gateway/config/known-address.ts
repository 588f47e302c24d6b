import type { KnownPreset } from './ports.ts';

export const customPreset = 'custom';

/** The preset whose address it is, whatever path follows; `custom` for any other. */
export function presetAt(address: string, presets: readonly KnownPreset[]): string {
  const host = hostOf(address);
  const found = presets.find(
    ({ baseUrl }) => baseUrl !== undefined && host !== undefined && hostOf(baseUrl) === host,
  );
  return found?.id ?? customPreset;
}

function hostOf(address: string): string | undefined {
  try {
    const { host, protocol } = new URL(address);
    return `${protocol}//${host}`;
  } catch {
    return undefined; // said by whoever opens it
  }
}
