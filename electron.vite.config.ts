import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const root = import.meta.dirname;
const mainFolder = join(root, 'src-main');

/** Every file directly in src-main is a program of its own: `engine-host.ts` → `out/main/engine-host.js`. */
function mainEntries(): Record<string, string> {
  const files = readdirSync(mainFolder).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  return Object.fromEntries(files.map((name) => [basename(name, '.ts'), join(mainFolder, name)]));
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
    // The runtime serves the window from the root of its address.
    base: '/',
    plugins: [react()],
    build: {
      outDir: join(root, 'out/renderer'),
      sourcemap: false,
      // The content security policy allows no inline script, style or font.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: { index: join(root, 'src-renderer/index.html') } },
    },
  },
});
