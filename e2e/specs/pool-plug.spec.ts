import { expect, test } from '@playwright/test';
import { expectAccessible } from '../fixtures/accessible.ts';
import { countedNumbers, countTo } from '../fixtures/counted.ts';
import { joinPool, startMachine, startPool, type Machine } from '../fixtures/machines.ts';
import { slowCount } from '../fixtures/scripted-models.ts';
import { promisedMs } from '../../src-main/testing/patience.ts';

test.describe.configure({ mode: 'serial', timeout: 180_000 });

/** An answer is given up so long after the last machine that could go on is gone. */
const givenUpWithinMs = promisedMs(20_000);

/** Holds the pool and asks; it has no model but Guide. */
let host: Machine;
let holders: readonly Machine[];
/** The machine that is gone after the first test. */
let pulled: string;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000);
  host = await startMachine(browser, { name: 'mill-house', scriptedModels: false });
  await startPool(host, 'Mill');
  holders = [
    await startMachine(browser, { name: 'attic' }),
    await startMachine(browser, { name: 'shed' }),
  ];
  for (const [index, machine] of holders.entries()) {
    await joinPool(host, machine, ['Bea', 'Cy'][index] ?? '');
  }
});

test.afterAll(async () => {
  for (const machine of [...holders, host]) await machine[Symbol.asyncDispose]();
});

test('the plug of the answering machine is pulled: the answer goes on at another one, nothing lost or repeated', async () => {
  const { chat } = host.app;
  await askSlow();
  await expect(chat.answer).toContainText('28 29 30 31', { timeout: 60_000 });
  const first = await answeringMachine();
  pulled = first.name;
  await first.runtime.crash();
  await chat.receipt().waitFor({ timeout: 60_000 });
  await expect(chat.movedNote).toContainText(/^Went on at .* when .* was lost\. Nothing is lost/);
  expect(countedNumbers(await chat.answer.innerText())).toEqual(countTo(slowCount));
  const second = holders.find((machine) => machine !== first);
  await expect(chat.receipt()).toContainText(second?.name ?? '');
  const { requests } = await host.runtime.control.activity.list({});
  expect(requests[0]).toMatchObject({ state: 'done', machine: second?.name });
  expect(requests[0]?.route?.attempts.map(({ machine }) => machine)).toEqual([
    first.name,
    second?.name,
  ]);
  await host.app.open('Activity');
  await host.app.activity.openRow('slow');
  await expect(host.app.activity.route).toContainText(
    `It began at ${first.name}, which was lost; ${second?.name ?? ''} went on`,
  );
  await expectAccessible(host.app.page);
});

test('while the only place is taken, a question waits in line and says where', async () => {
  const { chat } = host.app;
  const shed = holders.find(({ name }) => name !== pulled);
  await shed?.runtime.control.sharing.update({ limits: { answersAtOnce: 1 } });
  await askSlow();
  await expect(chat.answer).toContainText('4 5 6 7');
  await host.app.page.goto(`${host.runtime.origin}/chat`);
  await askSlow();
  await expect(chat.answer).toContainText('Number 1 in line');
  await expectAccessible(host.app.page);
  await expect(chat.answer).toContainText('4 5 6 7', { timeout: 60_000 });
  await chat.stopButton.click();
  await expect(chat.answer).toContainText('stopped by you');
});

test('with nobody left to go on, the answer says that it broke off and keeps its words', async () => {
  const { chat } = host.app;
  await askSlow();
  await expect(chat.answer).toContainText('28 29 30 31', { timeout: 60_000 });
  const last = await answeringMachine();
  await last.runtime.crash();
  await expect(chat.answer).toContainText('The answer stopped in the middle.', {
    timeout: givenUpWithinMs,
  });
  await expect(chat.answer).toContainText(`The connection to ${last.name} was lost`);
  const shown = countedNumbers(await chat.answer.innerText());
  expect(shown).toEqual(countTo(shown.length));
  expect(shown.length).toBeGreaterThanOrEqual(30);

  await host.app.open('Pool');
  const { pool } = host.app;
  await pool.tab('Ledger').click();
  await expect(pool.row('Given and taken', 'Bea')).toContainText(/[1-9]/);
  await expect(pool.row('Given and taken', 'Cy')).toContainText(/[1-9]/);
  await pool.tab('Machines').click();
  for (const { name } of holders) await expect(pool.row('Machines', name)).toContainText(/lost/i);
});

/** Asks in a new chat for a model that only the two holders have. */
async function askSlow(): Promise<void> {
  const { chat } = host.app;
  await host.app.open('Chat');
  await chat.startNew();
  await chat.choose('slow F16');
  await expect(chat.readers).toContainText(/Bea|Cy/);
  await chat.send('Count');
}

/** Who gives the answer that runs now. */
async function answeringMachine(): Promise<Machine> {
  const { requests } = await host.runtime.control.activity.list({});
  const machine = holders.find(({ name }) => name === requests[0]?.machine);
  if (machine === undefined) throw new Error(`Nobody answers: ${JSON.stringify(requests[0])}`);
  return machine;
}
