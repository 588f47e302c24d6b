import { join } from 'node:path';
import type { Configuration } from 'electron-builder';
import { iconSizesFolder } from './icon-files.ts';
import { whatSigns } from './signing.ts';

export interface BuilderOptions {
  readonly outputFolder: string;
  /** Electron's own files: a folder, or an archive of them. */
  readonly electronFolder: string;
  readonly electronVersion: string;
  /** A stand-in has no fuses to set, and its digest is nobody's business. */
  readonly isStandIn: boolean;
  readonly compression: 'none' | 'best';
  readonly icons: { readonly ico: string; readonly icns: string };
  /** Files that packages carry beside the program, as `FILE=/PLACE` of fpm. */
  readonly systemFiles: { readonly deb: readonly string[]; readonly rpm: readonly string[] };
  readonly afterPack: (context: { readonly appOutDir: string }) => Promise<void>;
}

const packFile = (...path: readonly string[]): string => join(import.meta.dirname, ...path);

const description =
  'Run AI models on your own machine, and pool those machines with friends or a team.';

/**
 * What electron-builder is told. The archive holds the shell alone; `afterPack` puts the program beside
 * it. Nothing is published from here: the release workflow does that, and updates have a feed of our own.
 */
export function builderConfig(options: BuilderOptions): Configuration {
  const { icons } = options;
  return {
    appId: 'app.millpond.desktop',
    productName: 'Millpond',
    copyright: 'Apache-2.0, the Millpond authors',
    directories: { output: options.outputFolder },
    electronDist: options.electronFolder,
    electronVersion: options.electronVersion,
    asar: true,
    compression: options.compression === 'none' ? 'store' : 'normal',
    // Native code is for Node's stable interface: nothing has to be compiled for Electron.
    npmRebuild: false,
    publish: null,
    afterPack: options.afterPack,
    fileAssociations: [
      {
        ext: 'gguf',
        name: 'GGUF model',
        description: 'AI model in GGUF form',
        mimeType: 'application/x-gguf',
        role: 'Viewer',
        rank: 'Alternate',
      },
    ],
    protocols: [{ name: 'Millpond', schemes: ['millpond'] }],
    ...(options.isStandIn ? { disableAsarIntegrity: true } : { electronFuses: fuses }),
    ...macConfig(icons.icns),
    ...windowsConfig(icons.ico),
    ...linuxConfig(options),
  };
}

/** The shell runs its own archive and nothing else, and nobody can turn it into a plain Node. */
const fuses = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  grantFileProtocolExtraPrivileges: false,
};

function macConfig(icon: string): Configuration {
  const { mac } = whatSigns(process.env);
  return {
    mac: {
      icon,
      category: 'public.app-category.developer-tools',
      artifactName: 'millpond-${version}-mac-${arch}.${ext}',
      hardenedRuntime: mac.certificate,
      entitlements: packFile('mac', 'entitlements.plist'),
      entitlementsInherit: packFile('mac', 'entitlements.plist'),
      notarize: mac.notarises,
      // Apple's processors run nothing without a signature; one without a name is enough for that.
      ...(mac.certificate ? {} : { identity: '-' }),
      darkModeSupport: true,
    },
    dmg: { artifactName: 'millpond-${version}-mac-${arch}.dmg' },
  };
}

function windowsConfig(icon: string): Configuration {
  return {
    win: { icon, artifactName: 'millpond-${version}-windows-${arch}.${ext}' },
    nsis: {
      artifactName: 'millpond-${version}-windows-${arch}.exe',
      oneClick: false,
      perMachine: false,
      allowToChangeInstallationDirectory: true,
      deleteAppDataOnUninstall: false,
      differentialPackage: false,
      include: packFile('windows', 'installer.nsh'),
    },
  };
}

/** What Chromium's window needs on Linux, and Vulkan's loader for graphics cards. Most servers have no use for it. */
const windowLibraries = {
  deb: [
    'libgtk-3-0',
    'libnss3',
    'libnotify4',
    'libxss1',
    'libxtst6',
    'libatspi2.0-0',
    'libsecret-1-0',
  ]
    .concat(['libasound2', 'libgbm1', 'xdg-utils', 'libvulkan1'])
    // Newer systems carry the same libraries under names of their own.
    .map((name) => (/^lib(gtk-3-0|atspi2|asound2)/.test(name) ? `${name} | ${name}t64` : name)),
  rpm: [
    'gtk3',
    'nss',
    'libnotify',
    'libXScrnSaver',
    '(libXtst or libXtst6)',
    'at-spi2-core',
    'xdg-utils',
    'vulkan-loader',
  ],
};

function linuxConfig({ systemFiles, compression }: BuilderOptions): Configuration {
  const scripts = {
    afterInstall: packFile('linux', 'after-install.sh'),
    afterRemove: packFile('linux', 'after-remove.sh'),
  };
  return {
    linux: {
      executableName: 'millpond-desktop',
      icon: iconSizesFolder,
      category: 'Utility;Development',
      synopsis: 'AI models of your own machines behind one address',
      description,
      maintainer: 'Millpond <maintainers@millpond.invalid>',
      syncDesktopName: true,
      desktop: { entry: { Keywords: 'AI;LLM;GGUF;chat;model;', StartupNotify: 'true' } },
    },
    appImage: { artifactName: 'millpond-${version}-linux-${arch}.AppImage' },
    deb: {
      artifactName: 'millpond_${version}_${arch}.deb',
      packageCategory: 'utils',
      // Node and the engines are linked with these; everything else is for the window.
      depends: ['libc6 (>= 2.34)', 'libstdc++6 (>= 12)', 'libgcc-s1'],
      recommends: windowLibraries.deb,
      // The last word counts; electron-builder's own schema knows no package without compression.
      fpm: [...systemFiles.deb, ...(compression === 'none' ? ['--deb-compression', 'none'] : [])],
      ...scripts,
    },
    rpm: {
      artifactName: 'millpond-${version}.${arch}.rpm',
      // Recommended, not required; and what is compiled in is not looked up on the system.
      depends: ['glibc >= 2.34', 'libstdc++ >= 12', 'libgcc'],
      fpm: [...windowLibraries.rpm.flatMap((name) => ['--rpm-tag', `Recommends: ${name}`])]
        .concat(['--rpm-rpmbuild-define', '_build_id_links none', '--no-rpm-autoreqprov'])
        .concat(systemFiles.rpm),
      ...scripts,
    },
  };
}
