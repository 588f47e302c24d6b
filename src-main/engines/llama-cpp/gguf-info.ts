import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { readGgufFileInfo } from 'node-llama-cpp';
import type { GgufFileInfo } from 'node-llama-cpp';
import { MillpondError } from '../../core/error.ts';
import type { ModelHeader } from '../hosting/host-protocol.ts';

/** What the header of a model says, and how many bytes of tensors its files hold. */
export interface GgufInfo {
  readonly info: GgufFileInfo;
  /** Bytes behind the headers of all files; undefined for a set of files, which a load checks. */
  readonly tensorBytes: number | undefined;
}

/** Reads the header of a file and, for a set, of its other parts beside it. Opens no connection. */
export async function readModelFile(path: string): Promise<GgufInfo> {
  const info = await readGgufFileInfo(path, { sourceType: 'filesystem', logWarnings: false });
  if (info.splicedParts > 1) return { info, tensorBytes: undefined };
  const { size } = await stat(path);
  return { info, tensorBytes: size - (info.infoEndOffset ?? 0) };
}

/**
 * The same for files of which only the headers are here. llama.cpp is then given the headers as
 * bytes, so that it never looks for tensors behind them. Rejects with `model-load-failed` when a
 * header is not whole.
 */
export async function readModelHeader({ parts }: ModelHeader): Promise<GgufInfo> {
  const read = await Promise.all(
    parts.map(async (part, index) => {
      const info = await readGgufFileInfo(part.path, {
        sourceType: 'filesystem',
        logWarnings: false,
        spliceSplitFiles: false,
      });
      const end = info.infoEndOffset ?? Infinity;
      // The reader sees zeros behind the end of what was fetched: only the length tells. Between the
      // last tensor's entry and the first tensor lie zeros anyway, up to the file's alignment.
      const missing = end - part.headerBytes;
      if (missing >= alignmentOf(info) || end > part.totalBytes) throw incomplete(part.path);
      return {
        info,
        tensors: (info.fullTensorInfo ?? []).map((tensor) => ({ ...tensor, filePart: index + 1 })),
        source: { type: 'buffer' as const, buffer: await readStart(part.path, end) },
        tensorBytes: part.totalBytes - end,
      };
    }),
  );
  const [first] = read;
  if (first === undefined) throw new MillpondError('internal', 'A model has at least one file');
  return {
    info: {
      ...first.info,
      splicedParts: parts.length,
      totalTensorCount: read.reduce((sum, { info }) => sum + Number(info.tensorCount), 0),
      fullTensorInfo: read.flatMap(({ tensors }) => tensors),
      sourceData: read.map(({ source }) => source),
    },
    tensorBytes: read.reduce((sum, part) => sum + part.tensorBytes, 0),
  };
}

const usualAlignment = 32;

function alignmentOf({ metadata }: GgufFileInfo): number {
  const { alignment } = metadata.general;
  return alignment !== undefined && alignment > 0 ? alignment : usualAlignment;
}

function incomplete(path: string): MillpondError {
  const message = `The header of ${basename(path)} did not arrive whole; fetch it again`;
  return new MillpondError('model-load-failed', message);
}

/** Filled up with zeros where the file ends before. */
async function readStart(path: string, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer;
  } finally {
    await file.close();
  }
}
