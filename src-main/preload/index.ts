import { contextBridge, ipcRenderer, webUtils } from 'electron';

/** Only what a browser cannot do. Everything else goes over the runtime's HTTP and WebSocket. */
contextBridge.exposeInMainWorld('millpondShell', {
  platform: process.platform,
  /** Where a dropped file lies; empty for one that lies nowhere. */
  pathOf: (file: File): string => webUtils.getPathForFile(file),
  /** Calls back when the native menu or tray asks for a view, such as `/models`. */
  onNavigate(listener: (path: string) => void): void {
    ipcRenderer.on('navigate', (_event, path: unknown) => {
      if (typeof path === 'string') listener(path);
    });
  },
});
