/** Ends a message from the runtime with a full stop, so that another sentence can follow it. */
export function sentence(text: string): string {
  return text === '' || /[.!?。！？…]$/u.test(text) ? text : `${text}.`;
}
