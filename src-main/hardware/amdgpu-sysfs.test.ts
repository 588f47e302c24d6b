import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { readAmdCards } from './amdgpu-sysfs.ts';

test('reads the counters of amdgpu cards and passes over everything else', async () => {
  const folder = temporaryFolder();
  const device = (card: string, bus: string, files: Record<string, string>): void => {
    const real = join(folder, 'devices', bus);
    mkdirSync(real, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(real, name), text);
    mkdirSync(join(folder, 'drm', card), { recursive: true });
    symlinkSync(real, join(folder, 'drm', card, 'device'));
  };
  device('card1', '0000:14:00.0', {
    mem_info_vram_total: '536870912\n',
    mem_info_vram_used: '16777216\n',
  });
  device('card0', '0000:03:00.0', {
    mem_info_vram_total: '21458059264\n',
    mem_info_vram_used: '1458059264\n',
  });
  device('card2', '0000:00:02.0', { vendor: '0x8086\n' });
  mkdirSync(join(folder, 'drm', 'card0-DP-1'));
  expect(await readAmdCards(join(folder, 'drm'))).toEqual([
    { busAddress: '03:00.0', memoryBytes: 21_458_059_264, freeBytes: 20_000_000_000 },
    { busAddress: '14:00.0', memoryBytes: 536_870_912, freeBytes: 520_093_696 },
  ]);
  expect(await readAmdCards(join(folder, 'nothing'))).toEqual([]);
});
