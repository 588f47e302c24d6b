import { join } from 'node:path';

/** Variables that name a person or lead to their own files, accounts, hubs or proxies. */
const personal =
  /^(?:USER$|USERNAME$|LOGNAME$|HF_|HUGGING_?FACE|OLLAMA_|LLAMA_CACHE|XDG_(?:CACHE|CONFIG|DATA)_HOME|(?:https?|all|no)_proxy)/i;

/**
 * The environment of a program under test: the developer's home, models, tokens and proxies stay out
 * of it, and no hub is asked unless `more` names one in `HF_ENDPOINT`.
 */
export function isolatedEnvironment(
  homeFolder: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !personal.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    HOME: homeFolder,
    USERPROFILE: homeFolder,
    APPDATA: join(homeFolder, 'AppData', 'Roaming'),
    LOCALAPPDATA: join(homeFolder, 'AppData', 'Local'),
    // Routers and neighbours of whoever runs the tests are left alone.
    MILLPOND_QUIET_NETWORK: '1',
    ...(more['HF_ENDPOINT'] === undefined && { HF_HUB_OFFLINE: '1' }),
    ...more,
  };
}
