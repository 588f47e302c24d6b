/** Aborts at Ctrl+C or when the benchmark is asked to end, so that it can end its children first. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      controller.abort(new Error('The benchmark was interrupted'));
    });
  }
  return controller.signal;
}
