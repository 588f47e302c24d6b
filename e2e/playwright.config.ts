import { defineConfig } from '@playwright/test';

const chromium = process.env['CHROMIUM_PATH'];
const isRoot = process.getuid?.() === 0;

/** A real Chromium against the real, built runtime; `npm run e2e` finds the browser and builds. */
export default defineConfig({
  testDir: 'specs',
  outputDir: '../test-results',
  // Each with a runtime and a browser of its own; what a spec does is mostly waiting. A file stays in order.
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env['CI'] !== undefined,
  // On a machine that others use too. `npm test` names what needed it, at its very end.
  retries: process.env['CI'] === undefined ? 0 : 1,
  // These end what hangs, and judge no speed.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    actionTimeout: 30_000,
    browserName: 'chromium',
    headless: true,
    trace: 'off',
    video: 'off',
    screenshot: 'only-on-failure',
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      // Chromium refuses its sandbox to root, which is what containers are.
      args: isRoot ? ['--no-sandbox'] : [],
    },
  },
});
