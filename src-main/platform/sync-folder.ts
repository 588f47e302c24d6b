import { open } from 'node:fs/promises';

/** A new name survives a power cut only once its folder was written; Windows does that itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
