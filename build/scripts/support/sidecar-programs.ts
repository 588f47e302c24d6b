import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder, runProgram } from './run-program.ts';

/** A real program for `test:sidecars`, or why there is none. */
export type ProgramSupply =
  { readonly path: string; readonly origin: string } | { readonly missing: string };

const cacheFolder = join(projectFolder, 'node_modules', '.cache', 'millpond-sidecars');
const bundle = join(projectFolder, 'node_modules', 'node-llama-cpp', 'llama', 'gitRelease.bundle');

/** From `MILLPOND_LLAMA_SERVER`, the cache, or built from the source inside node-llama-cpp. */
export async function supplyLlamaServer(): Promise<ProgramSupply> {
  const chosen = process.env['MILLPOND_LLAMA_SERVER'];
  const origin = 'built from the source inside node-llama-cpp';
  if (chosen !== undefined && existsSync(chosen)) return { path: chosen, origin };
  const folder = join(cacheFolder, 'llama.cpp');
  const path = join(folder, 'build', 'bin', 'llama-server');
  if (existsSync(path)) return { path, origin };
  for (const tool of ['git', 'cmake', 'ninja', 'c++']) {
    if (!(await succeeds(tool, ['--version']))) return { missing: `${tool} is not installed` };
  }
  if (!existsSync(bundle)) return { missing: 'node-llama-cpp brings no source here' };
  mkdirSync(cacheFolder, { recursive: true });
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ...(existsSync(folder) ? [] : [['git', ['clone', '--quiet', bundle, folder]] as const]),
    ['cmake', ['-S', folder, '-B', join(folder, 'build'), '-G', 'Ninja', ...buildOptions]],
    ['ninja', ['-C', join(folder, 'build'), '-j', '2', 'llama-server']],
  ];
  for (const [program, args] of steps) {
    const { code } = await runProgram(program, args, { output: 'show' });
    if (code !== 0) return { missing: `${program} failed while llama-server was built` };
  }
  return { path, origin };
}

const buildOptions = [
  '-DCMAKE_BUILD_TYPE=Release',
  '-DLLAMA_BUILD_UI=OFF',
  '-DLLAMA_USE_PREBUILT_UI=OFF',
  '-DLLAMA_OPENSSL=OFF',
];

/** From `MILLPOND_MLX_SERVER`, the cache, or installed into an environment of its own. */
export async function supplyMlxServer(): Promise<ProgramSupply> {
  const chosen = process.env['MILLPOND_MLX_SERVER'];
  const origin = 'installed from the Python package index';
  if (chosen !== undefined && existsSync(chosen)) return { path: chosen, origin };
  const isApple = process.platform === 'darwin' && process.arch === 'arm64';
  if (!isApple && process.platform !== 'linux') return { missing: 'MLX does not run here' };
  const environment = join(cacheFolder, 'mlx');
  const path = join(environment, 'bin', 'mlx_lm.server');
  if (existsSync(path)) return { path, origin };
  mkdirSync(cacheFolder, { recursive: true });
  if (!(await succeeds('python3', ['-m', 'venv', environment]))) {
    return { missing: 'python3 cannot make an environment' };
  }
  const name = isApple ? 'mlx-lm' : 'mlx-lm[cpu]';
  const pip = join(environment, 'bin', 'pip');
  if (await succeeds(pip, ['install', '--quiet', name])) return { path, origin };
  return { missing: `pip could not install ${name}` };
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await runProgram(program, args, { output: 'collect' })).code === 0;
  } catch {
    // It is not there.
    return false;
  }
}
