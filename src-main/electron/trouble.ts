import { BrowserWindow, dialog } from 'electron';
import { writeFileSync } from 'node:fs';
import type { ShellText } from './shell-text.ts';

/** What a person chose where Millpond could not start. */
export type TroubleChoice = 'safe' | 'again' | 'report' | 'quit';

/** Says that there is no start, why, and offers the ways out of it. */
export async function askAboutTrouble(
  text: ShellText,
  { message, detail }: { readonly message: string; readonly detail: string },
  choices: readonly TroubleChoice[],
): Promise<TroubleChoice> {
  const labels: Readonly<Record<TroubleChoice, string>> = {
    safe: text.safeMode,
    again: text.startAnyway,
    report: text.help,
    quit: text.quit,
  };
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    title: 'Millpond',
    ...{ message, detail },
    buttons: choices.map((choice) => labels[choice]),
    defaultId: 0,
    cancelId: choices.length - 1,
    noLink: true,
  });
  return choices[response] ?? 'quit';
}

const scheme = 'millpond-aid:';

/**
 * A plain page with the whole report, made without any runtime: it can be read, then saved, and leads on to
 * safe mode. Resolves with what was chosen last; closing it means to quit.
 */
export function showReport(text: ShellText, report: string): Promise<'safe' | 'quit'> {
  const window = new BrowserWindow({
    ...{ width: 900, height: 720, title: text.help, backgroundColor: '#ffffff' },
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false },
  });
  return new Promise((resolve) => {
    window.on('closed', () => {
      resolve('quit');
    });
    window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
    window.webContents.on('will-navigate', (event, url) => {
      event.preventDefault();
      if (url === `${scheme}save`) void save(report);
      if (url !== `${scheme}safe` && url !== `${scheme}quit`) return;
      resolve(url === `${scheme}safe` ? 'safe' : 'quit');
      window.close();
    });
    const page = reportPage(text, report);
    window
      .loadURL(`data:text/html;charset=utf-8,${encodeURIComponent(page)}`)
      .catch((error: unknown) => {
        dialog.showErrorBox('Millpond', error instanceof Error ? error.message : String(error));
        resolve('quit');
      });
  });
}

/** Pure; nothing in it can run. */
export function reportPage(text: ShellText, report: string): string {
  const links = [
    ['save', text.saveReport],
    ['safe', text.safeMode],
    ['quit', text.quit],
  ].map(([name, label]) => `<a href="${scheme}${name ?? ''}">${escaped(label ?? '')}</a>`);
  return `<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(text.help)}</title>
<style>
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 24px; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 12px; border: 1px solid; border-radius: 6px; }
a { display: inline-block; margin-right: 16px; padding: 6px 0; }
</style>
<h1>${escaped(text.help)}</h1>
<p>${escaped(text.reportNote)}</p>
<nav>${links.join('')}</nav>
<pre>${escaped(report)}</pre>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

async function save(report: string): Promise<void> {
  const { filePath } = await dialog.showSaveDialog({ defaultPath: 'millpond-report.md' });
  if (!filePath) return;
  try {
    writeFileSync(filePath, report, { mode: 0o600 });
  } catch (error) {
    dialog.showErrorBox('Millpond', error instanceof Error ? error.message : String(error));
  }
}
