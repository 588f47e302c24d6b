import { defineConfig } from 'vitest/config';
import { compileCacheFolder } from './build/fill-compile-cache.ts';
import { OutcomeReporter } from './build/scripts/support/vitest-reporter.ts';

/** Tests lie beside their source and run in plain Node, which strips the types itself. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['{src-main,src-renderer,build,bench,e2e/chaos}/**/*.test.{ts,tsx}'],
    exclude: ['**/*.heavy.test.ts', '**/*.sidecar.test.ts', '**/node_modules/**'],
    // Two cores: engines and child processes need one of them.
    pool: 'forks',
    maxWorkers: 2,
    // Ends what hangs; never judges speed: a test may start six processes on a machine that is busy.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // The same for `expect.poll`, whose own second is over quickly on a busy machine.
    expect: { poll: { timeout: 60_000 } },
    // On a machine that others use too. `npm test` names what needed it, at its very end.
    retry: process.env['CI'] === undefined ? 0 : 1,
    reporters: ['default', new OutcomeReporter()],
    globalSetup: ['build/fill-compile-cache.ts'],
    env: { NODE_COMPILE_CACHE: compileCacheFolder },
    restoreMocks: true,
    unstubEnvs: true,
  },
});
