import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { dataPaths, prepareDataFolder } from './paths.ts';

const folderFor = (platform: NodeJS.Platform, env: Record<string, string> = {}) =>
  dataPaths({ platform, env, homeFolder: '/home/ada' }).dataFolder;

describe('dataPaths', () => {
  test('follows each system, and its variables', () => {
    expect(folderFor('linux')).toBe(resolve('/home/ada/.local/share/millpond'));
    expect(folderFor('linux', { XDG_DATA_HOME: '/xdg' })).toBe(resolve('/xdg/millpond'));
    expect(folderFor('darwin')).toBe(resolve('/home/ada/Library/Application Support/Millpond'));
    expect(folderFor('win32', { APPDATA: '/roaming' })).toBe(resolve('/roaming/Millpond'));
    expect(folderFor('win32')).toBe(resolve('/home/ada/AppData/Roaming/Millpond'));
  });

  test('an empty variable counts as none', () => {
    expect(folderFor('linux', { XDG_DATA_HOME: '', MILLPOND_HOME: '' })).toBe(
      resolve('/home/ada/.local/share/millpond'),
    );
  });

  test('MILLPOND_HOME moves every file', () => {
    const paths = dataPaths({
      platform: 'linux',
      env: { MILLPOND_HOME: '/elsewhere', XDG_DATA_HOME: '/xdg' },
      homeFolder: '/home/ada',
    });
    for (const path of Object.values(paths)) expect(path).toMatch(/^\/elsewhere/);
  });
});

describe('prepareDataFolder', () => {
  const pathsAt = (folder: string) =>
    dataPaths({ platform: process.platform, env: { MILLPOND_HOME: folder }, homeFolder: '/' });

  test('makes every folder and is content with an existing one', () => {
    const paths = pathsAt(join(temporaryFolder(), 'deep', 'home'));
    prepareDataFolder(paths);
    prepareDataFolder(paths);
    expect(existsSync(paths.modelsFolder) && existsSync(paths.logsFolder)).toBe(true);
  });

  test('a data folder that cannot be used is named, with what to do', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(() => {
      prepareDataFolder(pathsAt(join(file, 'home')));
    }).toThrow(/cannot use its data folder .*home.*choose another folder/);
  });
});
