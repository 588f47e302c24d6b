const longestTitle = 60;

/** A chat's name from its first message: the first sentence, at most 60 characters. */
export function titleFrom(text: string, attachmentNames: readonly string[] = []): string {
  const firstLine = text.split('\n').find((line) => /^(?!\s*```).*[\p{L}\p{N}]/u.test(line)) ?? '';
  const plain = firstLine
    .replace(/^[\s#>*\-–•`]+/u, '')
    .replaceAll(/[`*]+/g, '')
    .replaceAll(/\s+/gu, ' ')
    .trim();
  const sentence = /^.*?(?:[.!?](?=\s|$)|[。！？])/u.exec(plain)?.[0] ?? plain;
  const title = shorten(sentence.replace(/[.。:：,，;；]$/u, ''));
  return title === '' ? shorten(attachmentNames[0] ?? '') : title;
}

function shorten(text: string): string {
  const characters = Array.from(text);
  if (characters.length <= longestTitle) return text;
  const cut = characters.slice(0, longestTitle - 1).join('');
  const lastSpace = cut.lastIndexOf(' ');
  // Chinese and Japanese have no spaces to cut at.
  return `${(lastSpace > longestTitle / 2 ? cut.slice(0, lastSpace) : cut).trimEnd()}…`;
}
