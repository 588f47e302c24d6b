import { defineConfig } from 'vitest/config';
import { compileCacheFolder } from './build/fill-compile-cache.ts';
import { OutcomeReporter } from './build/scripts/support/vitest-reporter.ts';

/**
 * Folders whose tests start nothing and leave nothing in their process. They share one: a process for
 * each file would spend three quarters of its time on loading what the last one loaded.
 */
const inOneProcess = [
  'src-renderer/**/*.test.{ts,tsx}',
  'src-main/{contract,core,dialects}/**/*.test.ts',
];
const elsewhere = ['**/*.heavy.test.ts', '**/*.sidecar.test.ts', '**/node_modules/**'];

/** Tests lie beside their source and run in plain Node, which strips the types itself. */
export default defineConfig({
  test: {
    environment: 'node',
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['{src-main,src-renderer,build,bench,e2e/chaos}/**/*.test.{ts,tsx}'],
          exclude: [...elsewhere, ...inOneProcess],
        },
      },
      {
        extends: true,
        test: {
          name: 'together',
          isolate: false,
          include: inOneProcess,
          exclude: elsewhere,
        },
      },
    ],
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
