const allowedSchemes = new Set(['http:', 'https:', 'mailto:']);

/**
 * The address of a link in an answer, or undefined when it may not be opened. Relative ones are out
 * too: the model does not know this window, and they would lead into it.
 */
export function safeAddress(address: string): string | undefined {
  const parsed = URL.parse(address);
  return parsed !== null && allowedSchemes.has(parsed.protocol) ? parsed.href : undefined;
}
