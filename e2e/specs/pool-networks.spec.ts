import { expect, test } from '@playwright/test';
import { countedNumbers, countTo } from '../fixtures/counted.ts';
import { joinPool, startMachine, startPool } from '../fixtures/machines.ts';
import { openNetworks, whyNoNetworks } from '../fixtures/networks.ts';
import { slowCount } from '../fixtures/scripted-models.ts';
import { promisedMs } from '../../src-main/testing/patience.ts';

test.describe.configure({ timeout: 180_000 });

/** At most 30 seconds lie between two tries of a machine to reach its gateway. */
const backWithinMs = promisedMs(40_000);

/** Taken down by a hook, which runs even where the test came to no end. */
const opened = new AsyncDisposableStack();

test.afterAll(() => opened.disposeAsync());

test('a machine behind a router answers for another network, and when its cable is cut nothing is lost or repeated', async ({
  launchOptions,
}) => {
  const reason = await whyNoNetworks();
  test.skip(reason !== undefined, reason);
  const networks = opened.use(await openNetworks(launchOptions));
  const { town, home } = networks;
  const inTown = await town.openBrowser();
  const atHome = await home.openBrowser();
  const host = opened.use(await startMachine(inTown, { name: 'mill-house', network: town }));
  const attic = opened.use(await startMachine(atHome, { name: 'attic', network: home }));
  await startPool(host, 'Mill');
  await joinPool(host, attic, 'Bea');
  await expect(attic.app.page.getByText('2 machines online')).toBeVisible();
  expect(await town.knowsWayTo(home.address)).toBe(false);

  // Both have the model; the one that has it loaded is asked.
  await attic.runtime.loaded('slow');
  const { chat } = host.app;
  await host.app.open('Chat');
  await chat.choose('slow F16');
  await expect(chat.readers).toContainText('Bea');
  await chat.send('Count');
  await expect(chat.answer).toContainText('28 29 30 31', { timeout: 60_000 });
  const { requests } = await host.runtime.control.activity.list({});
  expect(requests[0]).toMatchObject({ machine: 'attic' });

  await networks.cutHome();
  await chat.receipt().waitFor({ timeout: 60_000 });
  await expect(chat.movedNote).toContainText(
    /^Went on at mill-house .* when attic was lost\. Noth/,
  );
  await expect(chat.receipt()).toContainText('mill-house');
  expect(countedNumbers(await chat.answer.innerText())).toEqual(countTo(slowCount));
  await expect(attic.app.page.getByText('Mill cannot be reached now.')).toBeVisible();

  await networks.mendHome();
  await expect(attic.app.page.getByText('2 machines online')).toBeVisible({
    timeout: backWithinMs,
  });
});
