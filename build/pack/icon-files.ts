import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '../scripts/support/run-program.ts';

/** PNGs named `48x48.png`, drawn from `icon.svg`; Linux takes them as they are. */
export const iconSizesFolder = join(projectFolder, 'build', 'icons', 'sizes');

const icoSizes = [16, 24, 32, 48, 64, 128, 256];
/** Both systems keep icons as PNGs in a container of their own, so no converter is needed. */
const icnsTypes = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
  ['ic11', 32],
  ['ic12', 64],
  ['ic13', 256],
  ['ic14', 512],
] as const;

const png = (size: number): Promise<Buffer> =>
  readFile(join(iconSizesFolder, `${String(size)}x${String(size)}.png`));

/** Writes `icon.ico` and `icon.icns` into the folder. */
export async function writeIconFiles(folder: string): Promise<{ ico: string; icns: string }> {
  await mkdir(folder, { recursive: true });
  const [ico, icns] = [join(folder, 'icon.ico'), join(folder, 'icon.icns')];
  const images = icoSizes.map(async (size) => [size, await png(size)] as const);
  await writeFile(ico, icoOf(await Promise.all(images)));
  const parts = icnsTypes.map(async ([type, size]) => [type, await png(size)] as const);
  await writeFile(icns, icnsOf(await Promise.all(parts)));
  return { ico, icns };
}

function icoOf(images: readonly (readonly [number, Buffer])[]): Buffer {
  const header = Buffer.alloc(6 + 16 * images.length);
  header.writeUInt16LE(1, 2); // an icon
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  for (const [index, [size, data]] of images.entries()) {
    const at = 6 + 16 * index;
    header[at] = size % 256; // 256 is written as 0
    header[at + 1] = size % 256;
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6); // bits of a pixel
    header.writeUInt32LE(data.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += data.length;
  }
  return Buffer.concat([header, ...images.map(([, data]) => data)]);
}

function icnsOf(images: readonly (readonly [string, Buffer])[]): Buffer {
  const parts = images.map(([type, data]) => chunk(type, data));
  return chunk('icns', Buffer.concat(parts));
}

function chunk(type: string, data: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.write(type, 'latin1');
  header.writeUInt32BE(8 + data.length, 4);
  return Buffer.concat([header, data]);
}
