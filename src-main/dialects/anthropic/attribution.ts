/** How the line is named to callers whose answer it has no part in. */
export const attributionName = 'x-anthropic-billing-header';

const attributionLine = /^(?:x-anthropic-billing-header:[^\n]*(?:\n|$))+/i;

/**
 * A system text without the line that Claude Code begins it with:
 * `x-anthropic-billing-header: cc_version=…; cc_entrypoint=…; cch=…;`. Its value differs in every
 * request, so that no prompt would have the beginning of the one before, and nothing that was read
 * could be used again. It says nothing to a model; only Anthropic's own API reads it, which gets the
 * bytes as they came.
 */
export function withoutAttribution(text: string): string {
  return text.replace(attributionLine, '');
}
