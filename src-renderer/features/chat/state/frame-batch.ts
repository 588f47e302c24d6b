/** Asks to be called once, soon; gives back a way to take that back. */
export type Schedule = (work: () => void) => () => void;

export interface FrameBatch<Item> {
  readonly push: (item: Item) => void;
  /** Hands over what is held without waiting for the frame. */
  readonly flush: () => void;
}

/** Joins everything that arrives within one frame into one call, so a stream paints once a frame. */
export function createFrameBatch<Item>(
  onBatch: (items: readonly Item[]) => void,
  schedule: Schedule,
): FrameBatch<Item> {
  let held: Item[] = [];
  let cancel: (() => void) | undefined;
  const flush = () => {
    cancel?.();
    cancel = undefined;
    if (held.length === 0) return;
    const items = held;
    held = [];
    onBatch(items);
  };
  return {
    push: (item) => {
      held.push(item);
      cancel ??= schedule(flush);
    },
    flush,
  };
}

/** The next frame, or 100 ms in a hidden tab, where browsers draw no frames. */
export function nextFrame(work: () => void): () => void {
  if (document.hidden) {
    const timer = setTimeout(work, 100);
    return () => {
      clearTimeout(timer);
    };
  }
  let frame: number | undefined = requestAnimationFrame(run);
  // A tab hidden between the request and the frame would hold the text back until it is shown again.
  const timer = setTimeout(run, 250);
  function run(): void {
    stop();
    work();
  }
  function stop(): void {
    clearTimeout(timer);
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
  }
  return stop;
}
