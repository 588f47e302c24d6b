import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { projectFolder, runTool } from './run-program.ts';
import type { ProgramResult } from './run-program.ts';

/** The protocol between machines: its source, and what became of it at the last release of it. */
export const protoFolder = join(projectFolder, 'proto');
export const baselineFile = join(protoFolder, 'baseline.binpb');
const generatedFile = join('src-main', 'tunnel', 'gen', 'millpond', 'tunnel', 'v1', 'tunnel.ts');

export interface ProtocolVerdict {
  readonly passed: boolean;
  /** What is wrong, or why nothing could be checked; empty when all is well. */
  readonly output: string;
}

/**
 * Whether the protocol is tidy, whether every older build still understands it, and whether the
 * generated code is the one that belongs to it. Needs no network.
 */
export async function checkProtocol(folder = protoFolder): Promise<ProtocolVerdict> {
  const missing = await whyNoBuf();
  if (missing !== undefined) return { passed: true, output: missing };
  for (const args of [
    ['lint', folder],
    ['breaking', folder, '--against', baselineFile],
  ]) {
    const { code, output } = await runBuf(args);
    if (code !== 0) return { passed: false, output };
  }
  return isGeneratedFresh(folder);
}

/** Writes the generated code anew. */
export async function generateProtocol(outputFolder = protoFolder, folder = protoFolder) {
  const template = join(protoFolder, 'buf.gen.yaml');
  return await runBuf(['generate', folder, '--template', template, '-o', outputFolder]);
}

/** From now on, what the protocol says today must keep its meaning. */
export function refreshBaseline(): Promise<ProgramResult> {
  return runBuf(['build', protoFolder, '-o', baselineFile]);
}

/** One sentence when the checker has no program for this platform; undefined when it runs. */
export async function whyNoBuf(): Promise<string | undefined> {
  const sentence = `buf brings no program for ${process.platform} ${process.arch}, so the protocol is not checked or generated here; another machine has to do it.`;
  try {
    const { code } = await runBuf(['--version']);
    return code === 0 ? undefined : sentence;
  } catch {
    // Its package is not installed at all: the same to whoever reads it.
    return sentence;
  }
}

function runBuf(args: readonly string[]): Promise<ProgramResult> {
  const bin = join(projectFolder, 'node_modules', '.bin');
  const env = { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
  return runTool('@bufbuild/buf', args, { output: 'collect', bin: 'buf', env });
}

async function isGeneratedFresh(folder: string): Promise<ProtocolVerdict> {
  const scratch = await mkdtemp(join(tmpdir(), 'millpond-proto-'));
  try {
    const { code, output } = await generateProtocol(join(scratch, 'proto'), folder);
    if (code !== 0) return { passed: false, output };
    const [made, committed] = await Promise.all(
      [scratch, projectFolder].map((root) => readFile(join(root, generatedFile), 'utf8')),
    );
    if (made === committed) return { passed: true, output: '' };
    return {
      passed: false,
      output: `${generatedFile} does not belong to the protocol as it is; run \`npm run proto\`.`,
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
