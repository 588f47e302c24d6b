import { useEffect, useRef, useState } from 'react';

/** How long "Copied" stands in place of the label. */
const confirmationMs = 2000;

/** Copies text and says so for a moment; `failed` where the browser refuses the clipboard. */
export function useCopy() {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );
  async function copy(text: string): Promise<void> {
    let outcome: 'copied' | 'failed' = 'copied';
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      outcome = 'failed'; // No permission: the text can still be marked and copied by hand.
    }
    setState(outcome);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setState('idle');
    }, confirmationMs);
  }
  return { state, copy };
}
