import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A stand-in for the folder of Electron's own files, for packing where Electron's binary cannot be had:
 * a program of the right name and form that does nothing but end, and files that packing looks for.
 * Everything else in such a package is real; its window is not.
 */
export async function fakeElectronFolder(folder: string): Promise<string> {
  await mkdir(join(folder, 'resources'), { recursive: true });
  await mkdir(join(folder, 'locales'), { recursive: true });
  await writeFile(join(folder, 'electron'), endingElf(), { mode: 0o755 });
  await writeFile(join(folder, 'chrome-sandbox'), endingElf(), { mode: 0o755 });
  await writeFile(join(folder, 'chrome_crashpad_handler'), endingElf(), { mode: 0o755 });
  await writeFile(join(folder, 'LICENSE'), 'A stand-in for Electron’s licence.\n');
  await writeFile(
    join(folder, 'LICENSES.chromium.html'),
    '<!doctype html><title>Stand-in</title>\n',
  );
  await writeFile(join(folder, 'locales', 'en-US.pak'), '');
  await writeFile(join(folder, 'version'), '0.0.0-stand-in\n');
  return folder;
}

/** The smallest Linux program for x64: it ends with status 70, so that nobody takes it for Electron. */
function endingElf(): Buffer {
  const base = 0x400000n;
  const headersSize = 64 + 56;
  // mov edi, 70; mov eax, 60 (exit); syscall
  const code = Buffer.from([0xbf, 70, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05]);
  const file = Buffer.alloc(headersSize + code.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], 0);
  file.writeUInt16LE(2, 16); // an executable
  file.writeUInt16LE(62, 18); // x86-64
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(base + BigInt(headersSize), 24); // entry
  file.writeBigUInt64LE(64n, 32); // program headers
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, 64); // to be loaded
  file.writeUInt32LE(5, 68); // readable, executable
  file.writeBigUInt64LE(base, 80);
  file.writeBigUInt64LE(base, 88);
  file.writeBigUInt64LE(BigInt(file.length), 96);
  file.writeBigUInt64LE(BigInt(file.length), 104);
  file.writeBigUInt64LE(0x1000n, 112);
  file.set(code, headersSize);
  return file;
}
