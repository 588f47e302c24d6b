/** Where dropped files lie; a browser tells only what the first one is called. */
export type DroppedFiles =
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  | { readonly kind: 'name'; readonly name: string };

/** Reads a drop; undefined when it holds no file. `pathOf` is what the desktop shell offers. */
export function droppedFiles(
  files: readonly File[],
  pathOf: ((file: File) => string) | undefined,
): DroppedFiles | undefined {
  const first = files[0];
  if (first === undefined) return undefined;
  const paths = pathOf === undefined ? [] : files.map((file) => pathOr(pathOf, file));
  const known = paths.filter((path) => path !== '');
  return known.length > 0 ? { kind: 'paths', paths: known } : { kind: 'name', name: first.name };
}

function pathOr(pathOf: (file: File) => string, file: File): string {
  try {
    return pathOf(file);
  } catch {
    return ''; // An older shell: then it is as in a browser.
  }
}
