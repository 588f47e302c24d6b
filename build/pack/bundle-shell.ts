import { join } from 'node:path';
import { build } from 'vite';
import { projectFolder } from '../scripts/support/run-program.ts';

/**
 * Bundles the desktop shell into one file, packages included: only what lies in the archive runs with
 * the shell's rights, and Electron checks that archive's digest. The preload comes from the usual build.
 */
export async function bundleShell(outputFolder: string): Promise<void> {
  await build({
    configFile: false,
    root: projectFolder,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, external: ['electron'] },
    build: {
      ssr: join(projectFolder, 'src-main', 'index.ts'),
      outDir: outputFolder,
      emptyOutDir: true,
      target: 'node24',
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        output: { format: 'es', entryFileNames: 'index.js', codeSplitting: false },
      },
    },
  });
}
