import type { ReleaseFile } from '../../src-main/updates/feed.ts';

type Machine = Pick<ReleaseFile, 'platform' | 'arch' | 'kind'> & { readonly version: string };

const arches: Readonly<Record<string, ReleaseFile['arch']>> = {
  ...{ x64: 'x64', amd64: 'x64', x86_64: 'x64' },
  ...{ arm64: 'arm64', aarch64: 'arm64' },
};

/** The packages that `build/pack` makes and that an update replaces. A dmg and the Windows installer are for people. */
const patterns: readonly (readonly [RegExp, Pick<ReleaseFile, 'platform' | 'kind'>])[] = [
  [/^millpond-(.+)-linux-(\w+)\.tar\.gz$/, { platform: 'linux', kind: 'folder' }],
  [/^millpond-(.+)-linux-(\w+)\.AppImage$/, { platform: 'linux', kind: 'appimage' }],
  [/^millpond_(.+)_(\w+)\.deb$/, { platform: 'linux', kind: 'deb' }],
  [/^millpond-(.+)\.(\w+)\.rpm$/, { platform: 'linux', kind: 'rpm' }],
  [/^millpond-(.+)-mac-(\w+)\.zip$/, { platform: 'darwin', kind: 'mac-app' }],
  [/^millpond-(.+)-windows-(\w+)\.zip$/, { platform: 'win32', kind: 'windows' }],
];

/** What a package's file name says it is for; undefined for every other file. */
export function packageOf(name: string): Machine | undefined {
  for (const [pattern, machine] of patterns) {
    const [, version, word = ''] = pattern.exec(name) ?? [];
    const arch = arches[word];
    if (version !== undefined && arch !== undefined) return { ...machine, arch, version };
  }
  return undefined;
}
