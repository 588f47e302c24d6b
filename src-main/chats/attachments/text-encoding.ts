/** The text of a file, or undefined when its bytes are not text in any encoding we know. */
export function decodeText(body: Uint8Array): string | undefined {
  const text = decodeMarked(body) ?? decodeUnmarked(body);
  return text === undefined || looksBinary(text) ? undefined : text.replaceAll('\r\n', '\n');
}

/** By its byte order mark. */
function decodeMarked(body: Uint8Array): string | undefined {
  const [first, second, third] = body;
  if (first === 0xef && second === 0xbb && third === 0xbf) return decode('utf-8', body);
  if (first === 0xff && second === 0xfe) return decode('utf-16le', body);
  if (first === 0xfe && second === 0xff) return decode('utf-16be', body);
  return undefined;
}

/** UTF-8 can hardly be met by accident, so it is tried first; then what Chinese Windows writes. */
function decodeUnmarked(body: Uint8Array): string | undefined {
  if (body.includes(0)) return undefined;
  return decode('utf-8', body) ?? decode('gb18030', body) ?? decode('windows-1252', body);
}

function decode(encoding: string, body: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body);
  } catch {
    return undefined; // not this encoding
  }
}

/** Text holds next to no control characters besides tab, line ends, form feed and escape. */
function looksBinary(text: string): boolean {
  const sample = text.slice(0, 64 * 1024);
  const controls = sample.match(/[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f\ufffd]/g);
  return (controls?.length ?? 0) > sample.length / 100;
}
