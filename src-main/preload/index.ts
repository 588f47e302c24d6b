import { contextBridge, ipcRenderer, webUtils } from 'electron';

/** A view that was asked for before the page could listen, such as that of an invite at the start. */
let pendingPath: string | undefined;
let listen = (path: string): void => {
  pendingPath = path;
};
ipcRenderer.on('navigate', (_event, path: unknown) => {
  if (typeof path === 'string') listen(path);
});

/** Only what a browser cannot do. Everything else goes over the runtime's HTTP and WebSocket. */
contextBridge.exposeInMainWorld('millpondShell', {
  platform: process.platform,
  /** Where a dropped file lies; empty for one that lies nowhere. */
  pathOf: (file: File): string => webUtils.getPathForFile(file),
  /** Calls back when the native menu or tray asks for a view, such as `/models`. */
  onNavigate(listener: (path: string) => void): void {
    listen = listener;
    if (pendingPath !== undefined) listener(pendingPath);
    pendingPath = undefined;
  },
});
