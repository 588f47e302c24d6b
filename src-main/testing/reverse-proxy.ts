import { onTestFinished } from 'vitest';
import { runReverseProxy } from './run-reverse-proxy.ts';
import type { ProxiedSite, ProxyProgram } from './run-reverse-proxy.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Starts a reverse proxy until the test has finished. */
export async function startReverseProxy(
  program: ProxyProgram,
  site: Omit<ProxiedSite, 'folder'>,
): Promise<void> {
  const proxy = await runReverseProxy(program, { ...site, folder: temporaryFolder() });
  onTestFinished(() => proxy.stop());
}
