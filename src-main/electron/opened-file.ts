import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The model file that the system asks to open: a path, or a `file:` address as desktops on Linux hand it
 * over. The last word wins, as with the words before it the program itself was started.
 */
export function modelFileIn(argv: readonly string[], workingFolder: string): string | undefined {
  const word = argv.findLast((each) => /\.gguf$/i.test(each) && !each.startsWith('--'));
  if (word === undefined) return undefined;
  if (!/^file:/i.test(word)) return isAbsolute(word) ? word : join(workingFolder, word);
  try {
    return fileURLToPath(word);
  } catch {
    return undefined; // On another computer, or no address at all.
  }
}

/** The view that asks whether to import the file. Opening a file never acts by itself. */
export function importPath(file: string): string {
  return `/models#import=${encodeURIComponent(file)}`;
}
