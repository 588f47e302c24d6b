/**
 * The page's copy of the app's preload, run before any script of the page. It gets `electron`'s
 * sandboxed renderer half; messages from the main process come in through `__standInReceive`.
 */
export function preloadScript(preload: string): string {
  return `(() => {
  if (window !== top || location.href === 'about:blank') return;
  const listeners = new Map();
  Object.defineProperty(window, '__standInReceive', { value: ({ channel, values }) => {
    for (const listener of listeners.get(channel) ?? []) listener({}, ...values);
  } });
  const ipcRenderer = {
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
  };
  const freeze = (value) => {
    if (value && typeof value === 'object') for (const key of Object.keys(value)) freeze(value[key]);
    return Object.freeze(value);
  };
  const contextBridge = { exposeInMainWorld(key, value) {
    Object.defineProperty(window, key, { value: freeze(value), enumerable: true });
  } };
  // A page cannot know where a file lies; Electron says so too of one that was made in memory.
  const webUtils = { getPathForFile: () => '' };
  const process = { platform: ${JSON.stringify(process.platform)}, versions: {}, env: {}, sandboxed: true };
  const require = (name) => {
    if (name === 'electron') return { ipcRenderer, contextBridge, webUtils };
    throw new Error('module not found: ' + name + ' (sandboxed preload)');
  };
  const module = { exports: {} };
  (function (exports, require, module, process) { ${preload}
  }).call(module.exports, module.exports, require, module, process);
})();`;
}
