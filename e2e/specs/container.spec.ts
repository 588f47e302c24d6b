import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { expectAccessible } from '../fixtures/accessible.ts';
import { readDockerfile, startConfined, whyNotConfined } from '../fixtures/confined.ts';
import { owner } from '../fixtures/machines.ts';
import { App } from '../pages/app.ts';

test.describe.configure({ timeout: 180_000 });

const ready = z.object({
  event: z.literal('ready'),
  port: z.int(),
  publicUrls: z.array(z.string()),
  setUpCode: z.string(),
});

test('what the Dockerfile starts needs no rights, writes nowhere but its volume, and is set up in a browser', async ({
  browser,
}) => {
  const problem = await whyNotConfined();
  test.skip(problem !== undefined, problem);
  const terms = readDockerfile();
  await using gateway = await startConfined(terms, ['--port', '0', '--pool-port', '0', '--json']);
  const { port, publicUrls, setUpCode } = ready.parse(JSON.parse(gateway.firstLine));

  const status = readFileSync(`/proc/${gateway.pid}/status`, 'utf8');
  expect(status).toMatch(new RegExp(`^Uid:\\t${terms.userId}\\t${terms.userId}\\t`, 'm'));
  expect(status).toMatch(/^CapEff:\t0+$/m);
  expect(status).toMatch(/^NoNewPrivs:\t1$/m);

  const [, ...healthCheck] = terms.healthCheck.map((word) => word.replace(':8484/', `:${port}/`));
  await promisify(execFile)(process.execPath, healthCheck);
  const wrongPort = healthCheck.map((word) => word.replace(`:${port}/`, ':1/'));
  await expect(promisify(execFile)(process.execPath, wrongPort)).rejects.toThrow();

  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const url = `https://127.0.0.1:${new URL(publicUrls[0] ?? '').port}`;
  await page.goto(url);
  await expectAccessible(page);
  const app = new App(page, url);
  await app.signInPage.setUp(setUpCode, owner.name, owner.password);
  await app.rail.waitFor();
  await context.close();

  expect(await gateway.stop()).toBe(0);
});
