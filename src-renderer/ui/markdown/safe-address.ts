const allowedSchemes = new Set(['http:', 'https:', 'mailto:']);

/**
 * The address of a link in a text, or undefined when it may not be opened. Relative ones lead to the
 * page that the text is from; without one they are out too, because they would lead into this window.
 */
export function safeAddress(address: string, page?: string): string | undefined {
  const parsed = page === undefined ? URL.parse(address) : URL.parse(address, page);
  return parsed !== null && allowedSchemes.has(parsed.protocol) ? parsed.href : undefined;
}
