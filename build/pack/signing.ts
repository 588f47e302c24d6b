/** What this build can be signed with, by the secrets that electron-builder reads itself. */
export interface Signing {
  readonly mac: { readonly certificate: boolean; readonly notarises: boolean };
  readonly windows: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Looks only at which secrets are there, never at what they say. An empty one counts as none. */
export function whatSigns(env: Environment): Signing {
  const has = (...names: readonly string[]): boolean => names.every((name) => Boolean(env[name]));
  const certificate = has('CSC_LINK', 'CSC_KEY_PASSWORD');
  const mayNotarise =
    has('APPLE_API_KEY', 'APPLE_API_KEY_ID', 'APPLE_API_ISSUER') ||
    has('APPLE_ID', 'APPLE_APP_SPECIFIC_PASSWORD', 'APPLE_TEAM_ID');
  return {
    mac: { certificate, notarises: certificate && mayNotarise },
    windows: has('WIN_CSC_LINK', 'WIN_CSC_KEY_PASSWORD'),
  };
}

/** One sentence for the release text: whether the system will warn about this build. */
export function describeSigning(platform: NodeJS.Platform, { mac, windows }: Signing): string {
  if (platform === 'darwin') {
    if (mac.notarises) return 'Signed, and notarised by Apple.';
    return mac.certificate
      ? 'Signed, but not notarised: macOS warns at the first start.'
      : 'Not signed: macOS warns at the first start; the download page says how to open it.';
  }
  if (platform === 'win32') {
    return windows
      ? 'Signed.'
      : 'Not signed: SmartScreen warns at the first start; the download page says how to open it.';
  }
  return 'Linux packages carry no signature of their own; compare SHA256SUMS and the attestation.';
}
