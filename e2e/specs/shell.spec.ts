import { existsSync, globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { desktopKind, launchDesktop } from '../fixtures/desktop.ts';
import { launchRuntime, personFolder } from '../fixtures/launch.ts';
import { installScriptedModels } from '../fixtures/scripted-models.ts';

/** What the stand-in writes down instead of showing it; Electron shows it, so it has none. */
interface Recorded {
  readonly standInRecord?: {
    readonly openedOutside: readonly string[];
  };
}

async function isServing(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
  return answer?.ok === true;
}

test.describe(`desktop shell on ${desktopKind}`, () => {
  test('opens a signed-in window in which Guide answers', async () => {
    await using desktop = await launchDesktop();
    const { window } = desktop;
    await expect(window.getByRole('link', { name: 'Chat' })).toBeVisible();
    await window.getByRole('textbox', { name: /message/i }).fill('What is the capital of France?');
    await window.getByRole('button', { name: 'Send' }).click();
    await expect(window.getByText('The capital of France is Paris.')).toBeVisible({
      timeout: 60_000,
    });
  });

  test('gives the page nothing of Node, only the native extras', async () => {
    await using desktop = await launchDesktop();
    await expect(desktop.window.getByRole('link', { name: 'Chat' })).toBeVisible();
    const found = await desktop.window.evaluate(() => ({
      hasRequire: 'require' in globalThis,
      hasProcess: 'process' in globalThis,
      shell: Object.keys((globalThis as { millpondShell?: object }).millpondShell ?? {}).sort(),
    }));
    expect(found).toEqual({
      hasRequire: false,
      hasProcess: false,
      shell: ['onNavigate', 'pathOf', 'platform'],
    });
  });

  test('never leaves its own page: links go to the system browser', async () => {
    await using desktop = await launchDesktop();
    const { window, app } = desktop;
    await expect(window.getByRole('link', { name: 'Chat' })).toBeVisible();
    const before = new URL(window.url()).origin;
    await window.evaluate(() => {
      globalThis.location.href = 'https://example.org/away';
    });
    await expect(window.getByRole('link', { name: 'Chat' })).toBeVisible();
    expect(new URL(window.url()).origin).toBe(before);
    if (desktopKind === 'Electron') return;
    const outside = await app.evaluate(
      ({ app: shell }) => (shell as unknown as Recorded).standInRecord?.openedOutside,
    );
    expect(outside).toEqual(['https://example.org/away']);
  });

  test('follows the native menu to another page', async () => {
    await using desktop = await launchDesktop();
    await expect(desktop.window.getByRole('link', { name: 'Chat' })).toBeVisible();
    await desktop.app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.webContents.send('navigate', '/settings');
    });
    await expect(desktop.window.getByRole('heading', { name: 'Settings' })).toBeVisible();
  });

  test('hides into the tray when its owner chose that, and comes back', async () => {
    await using desktop = await launchDesktop({ settings: { closeToTray: true } });
    await expect(desktop.window.getByRole('link', { name: 'Chat' })).toBeVisible();
    const visible = await desktop.app.evaluate(({ BrowserWindow, app }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.close();
      const hidden = window?.isVisible();
      app.emit('second-instance', {}, []);
      return { hidden, after: window?.isVisible(), count: BrowserWindow.getAllWindows().length };
    });
    expect(visible).toEqual({ hidden: false, after: true, count: 1 });
  });

  test('quitting stops the runtime and its engines', async () => {
    const desktop = await launchDesktop();
    const runtimeFile = join(desktop.home, 'runtime.json');
    await expect(desktop.window.getByRole('link', { name: 'Chat' })).toBeVisible();
    expect(existsSync(runtimeFile)).toBe(true);
    await desktop[Symbol.asyncDispose]();
    expect(existsSync(runtimeFile)).toBe(false);
  });

  test('a deep link only asks: the page shows what it is and waits', async () => {
    await using desktop = await launchDesktop({ args: ['millpond://join/no-real-invite'] });
    const dialog = desktop.window.getByRole('dialog', { name: 'Join a pool' });
    await expect(dialog).toContainText('This link cannot be used');
    expect(desktop.window.url()).not.toContain('no-real-invite');
  });

  test('PACK: a model opened with Millpond is asked about, and imported only by a person', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millpond-opened-'));
    installScriptedModels(folder);
    const [name = ''] = globSync('**/*.gguf', { cwd: folder });
    const file = join(folder, name);
    await using desktop = await launchDesktop({ args: [file] });
    const { window } = desktop;
    const dialog = window.getByRole('dialog', { name: 'Import' });
    await expect(dialog.getByRole('textbox')).toHaveValue(file);
    expect(window.url()).not.toContain('import=');
    await dialog.getByRole('button', { name: 'Import' }).click();
    await expect(dialog).toBeHidden();
    // Again, while it runs: the second start hands its file over and ends.
    await desktop.app.evaluate(({ app }, argument) => {
      app.emit('second-instance', {}, ['millpond', `file://${argument}`], '/');
    }, file);
    await expect(dialog.getByRole('textbox')).toHaveValue(file);
  });

  test('PACK: start at login is kept by the system, and taken back', async () => {
    test.skip(process.platform !== 'linux', 'elsewhere Electron keeps it');
    await using desktop = await launchDesktop();
    const { window } = desktop;
    await expect(window.getByRole('link', { name: 'Chat' })).toBeVisible();
    await desktop.app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.webContents.send('navigate', '/settings/desktop');
    });
    const choice = window.getByRole('switch', { name: 'Start at login' });
    const entry = join(personFolder(desktop.home), '.config/autostart/millpond-desktop.desktop');
    await choice.click();
    await expect.poll(() => existsSync(entry)).toBe(true);
    expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=.+ --hidden$/m);
    await choice.click();
    await expect.poll(() => existsSync(entry)).toBe(false);
  });

  test('PACK: started at login it serves from the tray, and shows a window when it is asked for', async () => {
    await using desktop = await launchDesktop({
      args: ['--hidden'],
      async beforeWindow(app, home) {
        const runtimeFile = join(home, 'runtime.json');
        await expect.poll(() => existsSync(runtimeFile), { timeout: 60_000 }).toBe(true);
        const { port } = JSON.parse(readFileSync(runtimeFile, 'utf8')) as { port: number };
        await expect.poll(() => isServing(port), { timeout: 60_000 }).toBe(true);
        expect(app.windows()).toEqual([]);
        await app.evaluate(({ app: shell }) => {
          shell.emit('second-instance', {}, ['millpond'], '/');
        });
      },
    });
    await expect(desktop.window.getByRole('link', { name: 'Chat' })).toBeVisible();
    expect(desktop.app.windows()).toHaveLength(1);
  });

  test('attaches to the runtime that already serves the data folder', async () => {
    await using runtime = await launchRuntime({ scriptedModels: false });
    await using desktop = await launchDesktop({ home: runtime.home });
    await expect(desktop.window.getByRole('link', { name: 'Chat' })).toBeVisible();
    expect(new URL(desktop.window.url()).origin).toBe(runtime.origin);
    await desktop[Symbol.asyncDispose]();
    await expect(runtime.control.settings.get({})).resolves.toMatchObject({ version: 1 });
  });
});
