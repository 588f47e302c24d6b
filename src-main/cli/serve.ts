import type { VerbContext } from './verb.ts';

interface ServeOptions {
  readonly port?: number;
  readonly open?: boolean;
}

/** Runs the server until Ctrl+C or until somebody asks it to stop. */
export async function serve({ deps, output }: VerbContext, options: ServeOptions): Promise<void> {
  const running = await deps.findRuntime();
  if (running) {
    output.remark(
      `Millpond is already running at ${running.origin}; \`millpond open\` signs you in.`,
    );
    if (output.isJson) output.json({ event: 'already-running', url: running.origin });
    return;
  }
  const runtime = await deps.startRuntime({
    loadDefaultModel: true,
    ...(options.port !== undefined && { port: options.port }),
  });
  const loginUrl = runtime.createLoginUrl();
  if (output.isJson) {
    const { port, origin } = runtime;
    output.json({ event: 'ready', pid: process.pid, port, url: origin, loginUrl });
  } else {
    output.line(`Millpond answers at ${runtime.origin}/v1`);
    output.line(`Open the window within a minute: ${loginUrl}`);
    output.line('Later, `millpond open` prints a new address. Ctrl+C stops the server.');
  }
  if (options.open) await deps.openBrowser(loginUrl);
  deps.interrupted.addEventListener('abort', () => void runtime.stop(), { once: true });
  if (deps.interrupted.aborted) await runtime.stop();
  await runtime.stopped;
  if (output.isJson) output.json({ event: 'stopped' });
}
