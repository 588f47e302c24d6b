import type { PackTarget } from './target.ts';

/** `dir` is the unpacked program, which every other format is made of. */
export const formats = {
  linux: ['dir', 'tar.gz', 'deb', 'AppImage', 'rpm'],
  darwin: ['dir', 'dmg', 'zip'],
  win32: ['dir', 'nsis', 'zip'],
} as const satisfies Record<PackTarget['platform'], readonly string[]>;

export type Format = (typeof formats)[PackTarget['platform']][number];

/** The formats that were asked for, or all of this platform. Throws one sentence for a word that is none. */
export function chooseFormats(
  { platform }: PackTarget,
  words: readonly string[],
): readonly Format[] {
  const known: readonly Format[] = formats[platform];
  if (words.length === 0) return known;
  return words.map((word) => {
    const found = known.find((format) => format.toLowerCase() === word.toLowerCase());
    if (found) return found;
    throw new Error(
      `There is no package "${word}" for ${platform}; there are: ${known.join(', ')}.`,
    );
  });
}
