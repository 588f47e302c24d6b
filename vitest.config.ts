import { defineConfig } from 'vitest/config';
import { compileCacheFolder } from './build/fill-compile-cache.ts';

/** Tests lie beside their source and run in plain Node, which strips the types itself. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['{src-main,src-renderer,build,bench,e2e/chaos}/**/*.test.{ts,tsx}'],
    exclude: ['**/*.heavy.test.ts', '**/*.sidecar.test.ts', '**/node_modules/**'],
    // Two cores: engines and child processes need one of them.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    globalSetup: ['build/fill-compile-cache.ts'],
    env: { NODE_COMPILE_CACHE: compileCacheFolder },
    restoreMocks: true,
    unstubEnvs: true,
  },
});
