import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { expectAccessible, expectNoSidewaysScroll } from '../fixtures/accessible.ts';
import { owner, startMachine, type Machine } from '../fixtures/machines.ts';
import { promisedMs } from '../../src-main/testing/patience.ts';

/** Both sides see a machine so soon after *Join* was pressed. */
const seenWithinMs = promisedMs(10_000);

test.describe.configure({ mode: 'serial', timeout: 180_000 });

/** Holds the pool and has no model but Guide. */
let host: Machine;
/** Has the models. */
let attic: Machine;
/** What attic joined with. */
let usedLink: string;

test.beforeAll(async ({ browser }) => {
  host = await startMachine(browser, { name: 'mill-house', scriptedModels: false });
  attic = await startMachine(browser, { name: 'attic' });
});

test.afterAll(async () => {
  await attic[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

test('E2: a pool is started with a name and a password, and its page says where others come in', async () => {
  const { pool, page } = host.app;
  await host.app.open('Pool');
  await expectAccessible(page);
  await pool.startCard.getByRole('textbox', { name: 'Name of the pool' }).fill('Mill');
  await pool.startCard.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(pool.dialog).toContainText('Tools on this machine will need a key from now on.');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await pool.start('Mill', owner);
  await pool.tab('Address').click();
  await expect(pool.reach.getByRole('heading', { level: 2 })).toContainText(/\w{4}/);
  await expectAccessible(page);
  const { publicUrl } = await host.runtime.control.server.status({});
  await expect(page.getByRole('main')).toContainText(new URL(publicUrl ?? '').host);
});

test('E2: a link that is copied from one page and pasted on the other machine makes a pool of two', async () => {
  const { pool, page } = attic.app;
  usedLink = await host.app.pool.inviteByCopy();
  expect(usedLink).toMatch(/^millpond:\/\/join\/[\w-]+$/);
  await attic.app.open('Pool');
  await pool.paste(usedLink);
  await expect(pool.fact('Gateway')).toHaveText('mill-house, of Mara');
  const { reach } = await host.runtime.control.pools.list({});
  for (const word of reach.fingerprintWords)
    await expect(pool.fact('Known by')).toContainText(word);
  await expect(pool.fact('You may')).toHaveText('ask its models and share this machine');
  await expectAccessible(page);
  await pool.confirmJoin({ person: 'Bea' });
  const joinedAt = performance.now();

  await expect(pool.wholePool).toContainText(`${attic.runtime.origin}/v1`);
  await expect(page.getByText('2 machines online')).toBeVisible();
  await expect(pool.joinedModel('slow F16')).toContainText('1');
  await expect(pool.joinedModel('Guide')).toContainText('2');
  await expect(page.getByText('Who can read what you ask')).toBeVisible();
  await expect.poll(machinesOfPool).toContainEqual(
    expect.objectContaining({
      ...{ name: 'attic', personName: 'Bea', phase: 'online' },
      ...{ hardware: expect.stringMatching(/GB/), slots: expect.any(Number) },
      models: expect.arrayContaining([expect.objectContaining({ name: 'slow F16' })]),
    }),
  );
  expect(performance.now() - joinedAt).toBeLessThan(seenWithinMs);
  await expectAccessible(page);
});

test('a link that is none, a used one and a revoked one are one clear sentence each', async ({
  browser,
}) => {
  await using shed = await startMachine(browser, { name: 'shed', scriptedModels: false });
  const { pool, page } = shed.app;
  await host.app.pool.tab('Invites').click();
  await expect(host.app.pool.row('Invites', 'Ask and share')).toContainText('Used up');
  await shed.app.open('Pool');

  await pool.paste('millpond://join/bm90LWFuLWludml0ZQ');
  await expect(pool.dialog).toContainText('This link cannot be used');
  await page.keyboard.press('Escape');

  await pool.paste(usedLink);
  await pool.confirmJoin({ person: 'Cy' });
  await expect(pool.dialog).toContainText('This invite has been used already.');
  await page.keyboard.press('Escape');

  await pool.paste(await host.app.pool.invite());
  await host.app.pool.revokeInvite(host.app.pool.row('Invites', 'Open'));
  await pool.confirmJoin({ person: 'Cy' });
  await expect(pool.dialog).toContainText('This invite was revoked.');
  await expectAccessible(page);
  expect((await shed.runtime.control.memberships.list({})).memberships).toEqual([]);
});

test('a list makes an invite for each line, saved as a file whose links let people in', async ({
  browser,
}) => {
  const { pool, page } = host.app;
  await pool.openInvite();
  await pool.dialog.getByText('One for each line of a list', { exact: true }).click();
  await expectAccessible(page);
  const lines = pool.dialog.getByRole('textbox', { name: 'One invite a line' });
  await lines.fill('name,uses,rights\nDora,many,ask\n"Ede, Jr",1,ask');
  await pool.dialog.getByRole('button', { name: 'Make the invites' }).click();
  await expect(pool.dialog.getByRole('alert')).toContainText('No invite was made');
  await expect(pool.dialog.getByRole('alert')).toContainText(
    'Line 2, column uses: “many” is no number from 1 to 1000, nor any.',
  );
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  expect(await openInvites()).toBe(0);

  const list = '\uFEFFname,uses,rights\r\nDora,1,ask\r\n"Ede, Jr",any,ask\r\n';
  await pool.dialog.getByLabel('Or choose a file').setInputFiles({
    ...{ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(list) },
  });
  await expect(lines).toHaveValue(/Dora,1,ask/);
  await pool.dialog.getByRole('button', { name: 'Make the invites' }).click();
  await expect(pool.dialog.getByRole('heading', { name: '2 invites to Mill' })).toBeVisible();
  await expectAccessible(page);
  const saving = page.waitForEvent('download');
  await pool.dialog.getByRole('button', { name: 'Save the links' }).click();
  const saved = await readFile(await (await saving).path(), 'utf8');
  await pool.dialog.getByRole('button', { name: 'Done' }).click();
  const links = [...saved.matchAll(/millpond:\/\/join\/[\w-]+/g)].map(([link]) => link);
  expect(saved).toMatch(/^name,link,begins with,expires,uses\r\nDora,millpond:.*\r\n"Ede, Jr",/);
  expect(links).toHaveLength(2);
  expect(await openInvites()).toBe(2);

  await using shed = await startMachine(browser, { name: 'boat', scriptedModels: false });
  await shed.app.open('Pool');
  await shed.app.pool.paste(links[0] ?? '');
  await expect(shed.app.pool.fact('You may')).toHaveText('ask its models');
  await shed.app.pool.confirmJoin({ person: 'Dora' });
  await expect.poll(openInvites).toBe(1);
  const { entries } = await host.runtime.control.audit.list({ limit: 50 });
  expect(entries.map(({ action, subject }) => `${action} ${subject}`)).toContain(
    'pools.createInvites Mill',
  );
});

async function openInvites(): Promise<number> {
  const { pools } = await host.runtime.control.pools.list({});
  const { invites } = await host.runtime.control.pools.invites({ id: pools[0]?.id ?? '' });
  return invites.filter(({ state }) => state === 'open').length;
}

test('Share, Finish and Pause say why on the machine itself, and the pool hears it', async () => {
  const { pool, page } = attic.app;
  await pool.tab('This machine').click();
  await expect(pool.reason).toHaveText('Sharing; nobody asks right now');
  await expectAccessible(page);
  await pool.press('Pause');
  await expect(pool.reason).toHaveText('You paused sharing');
  await expect.poll(phaseOfAttic).toBe('paused');
  await host.app.pool.tab('Machines').click();
  await expect(host.app.pool.row('Machines', 'attic')).toContainText('Paused');
  await pool.press('Share');
  await expect.poll(phaseOfAttic).toBe('online');
  await pool.press('Finish');
  await expect(pool.reason).toHaveText('You let it finish');
  await expect.poll(phaseOfAttic).toBe('paused');
  await pool.press('Share');
  await expect.poll(phaseOfAttic).toBe('online');

  const hour = new Date().getHours();
  const hours = { isOn: true, from: (hour + 2) % 24, to: (hour + 3) % 24 };
  await attic.runtime.control.sharing.update({ rules: { hours } });
  await expect(pool.rule('Within these hours')).toBeChecked();
  await expect(pool.reason).toHaveText('It is outside your hours');
  await expect(pool.sharing).toContainText(/Back at .*\d\d:00/);
  await expect.poll(phaseOfAttic).toBe('paused');
  await expectAccessible(page);
  await pool.rule('Within these hours').click();
  await expect(pool.reason).toHaveText('Sharing; nobody asks right now');
  await expect.poll(phaseOfAttic).toBe('online');
});

test('every view of a pool fits 400 px, speaks Chinese, and axe finds nothing in it', async () => {
  for (const { app, runtime } of [host, attic]) {
    await runtime.control.settings.update({ theme: 'dark', language: 'zh-CN' });
    await app.page.setViewportSize({ width: 400, height: 820 });
    const tabs = app.page.getByRole('tab');
    await expect(tabs.first()).toHaveText(/\p{Script=Han}/u);
    for (const tab of await tabs.all()) {
      await tab.click();
      await expectNoSidewaysScroll(app.page);
      await expectAccessible(app.page);
    }
    await runtime.control.settings.update({ theme: 'light', language: 'en' });
    await app.page.setViewportSize({ width: 1280, height: 800 });
    await expect(app.pool.tab('This machine')).toBeVisible();
  }
});

test('a machine that is revoked is told so, leaves, and takes nothing along', async () => {
  const { pool, page } = attic.app;
  const machine = (await machinesOfPool()).find(({ name }) => name === 'attic');
  await host.runtime.control.pools.revokeMachine({ id: machine?.id ?? '' });
  await pool.tab('Pool').click();
  await expect(page.getByText('This machine was removed from the pool.')).toBeVisible();
  await expect(pool.wholePool).toBeHidden();
  await expectAccessible(page);
  await pool.leave();
  await expect(attic.app.toast('You left Mill')).toBeVisible();
  await expect(pool.joinCard).toBeVisible();
  expect((await machinesOfPool()).map(({ name }) => name)).toEqual(['mill-house']);
});

async function machinesOfPool() {
  const { pools } = await host.runtime.control.pools.list({});
  return (await host.runtime.control.pools.overview({ id: pools[0]?.id ?? '' })).machines;
}

/** How the pool sees it. */
async function phaseOfAttic(): Promise<string | undefined> {
  return (await machinesOfPool()).find(({ name }) => name === 'attic')?.phase;
}
