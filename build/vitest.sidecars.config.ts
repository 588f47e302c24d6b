import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { OutcomeReporter } from './scripts/support/vitest-reporter.ts';

/** Tests that start the real programs of others; `npm run test:sidecars` gets those first. */
export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
    environment: 'node',
    include: ['src-main/**/*.sidecar.test.ts'],
    pool: 'forks',
    // Each program takes a core of its own.
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default', new OutcomeReporter()],
    restoreMocks: true,
  },
});
