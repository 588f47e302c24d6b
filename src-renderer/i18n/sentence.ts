/** Ends a message with the full stop of its script, so that another sentence can follow it. */
export function sentence(text: string): string {
  if (text === '' || /[.!?。！？…]$/u.test(text)) return text;
  return /\p{Script=Han}\P{L}*$/u.test(text) ? `${text}。` : `${text}.`;
}
