import type { Feed, Release, ReleaseFile } from './feed.ts';
import { compareVersions, isPreRelease } from './version-order.ts';

interface Running {
  readonly version: string;
  readonly platform: string;
  readonly arch: string;
  readonly kind: string;
}

/**
 * - `current` nothing newer · `update` to this, with this file; `skipped` are the versions between, newest first
 * - `out-of-reach` there is something newer that this copy cannot take
 */
export type Choice =
  | { readonly type: 'current' }
  | {
      readonly type: 'update';
      readonly release: Release;
      readonly file: ReleaseFile;
      readonly news: readonly Release[];
    }
  | {
      readonly type: 'out-of-reach';
      readonly version: string;
      readonly why: 'no-file' | 'too-old';
    };

/** The newest release that this copy can take in one step. Never an older one, and pre-releases only for those who run one. */
export function chooseRelease({ releases }: Feed, running: Running): Choice {
  const newer = releases
    .filter(({ version }) => compareVersions(version, running.version) > 0)
    .filter(({ version }) => isPreRelease(running.version) || !isPreRelease(version))
    .toSorted((a, b) => compareVersions(b.version, a.version));
  const [newest] = newer;
  if (newest === undefined) return { type: 'current' };
  const withFile = newer.filter((release) => fileFor(release, running) !== undefined);
  const release = withFile.find(
    ({ minimumVersion }) => compareVersions(running.version, minimumVersion) >= 0,
  );
  const file = release && fileFor(release, running);
  if (release === undefined || file === undefined) {
    const why = withFile.length === 0 ? 'no-file' : 'too-old';
    return { type: 'out-of-reach', version: (withFile[0] ?? newest).version, why };
  }
  return {
    type: 'update',
    ...{ release, file },
    news: newer.filter(({ version }) => compareVersions(version, release.version) <= 0),
  };
}

/** This very version's file, for those who go back to it. */
export function fileOfVersion(
  { releases }: Feed,
  version: string,
  running: Running,
): ReleaseFile | undefined {
  const release = releases.find((one) => one.version === version);
  return release && fileFor(release, running);
}

function fileFor({ files }: Release, { platform, arch, kind }: Running): ReleaseFile | undefined {
  return files.find(
    (file) => file.platform === platform && file.arch === arch && file.kind === kind,
  );
}
