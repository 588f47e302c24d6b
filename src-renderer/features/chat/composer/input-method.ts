/** The parts of a keyboard event that tell whether an input method is at work. */
export interface ComposingKey {
  readonly isComposing: boolean;
  readonly keyCode: number;
  /** Milliseconds on the page's clock. */
  readonly timeStamp: number;
}

export interface InputMethodGuard {
  readonly compositionStarted: () => void;
  readonly compositionEnded: (timeStamp: number) => void;
  /** The key belongs to the input method: it picks a candidate and must not send. */
  readonly owns: (key: ComposingKey) => boolean;
}

/**
 * Some browsers end the composition before the Enter that confirmed it arrives, with `isComposing`
 * already false. Such an Enter follows within a few milliseconds; nobody types one so fast.
 */
const settleMs = 60;
/** What `keyCode` says for every key that an input method is still processing. */
const processingKeyCode = 229;

export function createInputMethodGuard(): InputMethodGuard {
  let isComposing = false;
  let endedAt = Number.NEGATIVE_INFINITY;
  return {
    compositionStarted: () => {
      isComposing = true;
    },
    compositionEnded: (timeStamp) => {
      isComposing = false;
      endedAt = timeStamp;
    },
    owns: (key) =>
      isComposing ||
      key.isComposing ||
      key.keyCode === processingKeyCode ||
      key.timeStamp - endedAt < settleMs,
  };
}
