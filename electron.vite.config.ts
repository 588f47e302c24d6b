import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const root = import.meta.dirname;
const mainFolder = join(root, 'src-main');

/** Every file directly in src-main is a program of its own: `engine-host.ts` → `out/main/engine-host.js`. */
function mainEntries(): Record<string, string> {
  const files = readdirSync(mainFolder).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  return Object.fromEntries(files.map((name) => [basename(name, '.ts'), join(mainFolder, name)]));
}

/**
 * The runtime serves the window over HTTP, also at deep addresses such as `/chat/ID`, so the page names its
 * files by absolute paths, which the server changes behind a proxy that has a path of its own. The files
 * name each other by relative ones. electron-vite insists on relative paths for its own `file:` pages.
 */
function servedFromRoot(): Plugin {
  return {
    name: 'served-from-root',
    enforce: 'post',
    config: (config) => {
      config.base = '/';
      config.experimental = {
        renderBuiltUrl: (file, { hostType }) =>
          hostType === 'html' ? `/${file}` : { relative: true },
      };
    },
  };
}

export default defineConfig({
  main: {
    build: {
      outDir: join(root, 'out/main'),
      sourcemap: true,
      // Packages stay in node_modules: native code cannot be bundled.
      externalizeDeps: true,
      rolldownOptions: {
        input: mainEntries(),
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    build: {
      outDir: join(root, 'out/preload'),
      sourcemap: true,
      // A sandboxed preload can require nothing but `electron`, and cannot be an ES module.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: join(mainFolder, 'preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: join(root, 'src-renderer'),
    plugins: [react(), servedFromRoot()],
    build: {
      outDir: join(root, 'out/renderer'),
      sourcemap: false,
      // The content security policy allows no inline script, style or font.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // What is bundled keeps the licences that it came with.
      license: { fileName: 'licenses.md' },
      rolldownOptions: { input: { index: join(root, 'src-renderer/index.html') } },
    },
  },
});
