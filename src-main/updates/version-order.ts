/**
 * Orders two versions as semver does: negative when `a` is older, also where one is a pre-release such
 * as `1.0.0-beta.2`. What is no version counts as older than any.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  if (left === undefined || right === undefined) {
    return Number(left !== undefined) - Number(right !== undefined);
  }
  for (const index of [0, 1, 2]) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return comparePreReleases(left.preRelease, right.preRelease);
}

export function isPreRelease(version: string): boolean {
  return (parse(version)?.preRelease.length ?? 0) > 0;
}

/** Whether it is written as semver writes versions. */
export const versionPattern = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]{1,60}))?$/;

function parse(version: string) {
  const match = versionPattern.exec(version);
  if (match === null) return undefined;
  const [, major, minor, patch, behind = ''] = match;
  return {
    numbers: [Number(major), Number(minor), Number(patch)],
    preRelease: behind === '' ? [] : behind.split('.'),
  };
}

/** A release is newer than its pre-releases; numbers count as numbers and less than words. */
function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Number(a.length === 0) - Number(b.length === 0);
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [left, right] = [a[index], b[index]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    if (left === right) continue;
    const areNumbers = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (areNumbers[0] && areNumbers[1]) return Number(left) - Number(right);
    if (areNumbers[0] !== areNumbers[1]) return areNumbers[0] ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}
