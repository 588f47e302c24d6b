/** Long runs of the letters that keys and one-time codes are made of; words and versions are shorter. */
const tokens = /\b[A-Za-z0-9_-]{28,}\b/g;
const prefixed = /\b(?:sk|mp|hf|ghp|xox[a-z])[-_][A-Za-z0-9_-]{6,}/g;
const bearers = /\b(authorization:?(?:\s+(?:bearer|basic))?|bearer)\s+\S+/gi;
const inAddresses = /(\w+:\/\/)[^\s/@]+@/g;

/** One line of output that people may pass on: what looks like a key, a code or a password is gone. */
export function withoutSecrets(line: string): string {
  return line
    .replaceAll(inAddresses, '$1…@')
    .replaceAll(bearers, '$1 …')
    .replaceAll(prefixed, '…')
    .replaceAll(tokens, '…');
}
