import { join } from 'node:path';

/** What lies in the folder that updates have to themselves. */
export function updateFiles(folder: string) {
  return {
    state: join(folder, 'state.json'),
    journal: join(folder, 'switch.json'),
    packages: join(folder, 'packages'),
    trial: join(folder, 'trial'),
  };
}
