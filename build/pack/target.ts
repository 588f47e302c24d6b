/** The machines that a package is for. Packages are made on a machine of their own kind: native code is not crossed. */
export interface PackTarget {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly arch: 'x64' | 'arm64';
}

/** The target of this machine. Throws one sentence where Millpond has no packages. */
export function thisTarget({
  platform,
  arch,
}: {
  readonly platform: string;
  readonly arch: string;
} = process): PackTarget {
  const isKnown =
    ['linux', 'darwin', 'win32'].includes(platform) && ['x64', 'arm64'].includes(arch);
  if (!isKnown) {
    throw new Error(
      `Millpond has no packages for ${platform} ${arch}; run it from source with \`npm ci && npm start\`.`,
    );
  }
  return { platform, arch } as PackTarget;
}

/** The name of a program's file there. */
export const programName = (name: string, { platform }: PackTarget): string =>
  platform === 'win32' ? `${name}.exe` : name;

/** As people call them. */
export const systemNames = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' } as const;
