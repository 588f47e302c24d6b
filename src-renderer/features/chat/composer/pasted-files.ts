/** What a clipboard offers; a fake in tests. */
export type Clipboard = Pick<DataTransfer, 'getData'> & { readonly files: Iterable<File> };

/**
 * The files that a paste attaches; none leaves the paste to the text field. Office programs put a
 * picture of the text beside the text: there the text is what was meant.
 */
export function pastedFiles(clipboard: Clipboard): readonly File[] {
  const isText = clipboard.getData('text/plain') !== '' && clipboard.getData('text/html') !== '';
  return isText ? [] : [...clipboard.files];
}
