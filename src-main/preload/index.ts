import { contextBridge, ipcRenderer } from 'electron';

/** Only what a browser cannot do. Everything else goes over the runtime's HTTP and WebSocket. */
contextBridge.exposeInMainWorld('millpondShell', {
  platform: process.platform,
  /** Calls back when the native menu or tray asks for a view, such as `/models`. */
  onNavigate(listener: (path: string) => void): void {
    ipcRenderer.on('navigate', (_event, path: unknown) => {
      if (typeof path === 'string') listener(path);
    });
  },
});
