import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { GgufInsights } from 'node-llama-cpp';
import type { Llama } from 'node-llama-cpp';
import { MillpondError } from '../../core/error.ts';
import type { ModelFacts } from '../../core/model.ts';
import type { ModelHeader } from '../hosting/host-protocol.ts';
import { readModelFacts } from './capabilities.ts';
import { readModelFile, readModelHeader } from './gguf-info.ts';
import type { GgufInfo } from './gguf-info.ts';

/** What was read of one model, ready to be planned with any options. */
export interface StudiedModel {
  readonly gguf: GgufInfo;
  readonly insights: GgufInsights;
  readonly facts: ModelFacts;
}

/** The slider asks about one model many times; another one is rarely between. */
const kept = 2;

/**
 * Reading a header with a large vocabulary takes a second, planning with other options some
 * milliseconds: the newest models are kept as long as their files stay the same.
 */
export class StudiedModels {
  private readonly known = new Map<string, StudiedModel>();

  /** Rejects as the readers do, and for an architecture that llama.cpp does not know. */
  async study(
    { path, header }: { readonly path: string; readonly header?: ModelHeader },
    llama: Llama,
  ): Promise<StudiedModel> {
    const { size, mtimeMs } = await stat(path);
    const key = JSON.stringify([path, size, mtimeMs, header, llama.gpu]);
    const model = this.known.get(key) ?? (await read(path, header, llama));
    this.known.delete(key);
    this.known.set(key, model);
    const [oldest] = this.known.keys();
    if (this.known.size > kept && oldest !== undefined) this.known.delete(oldest);
    return model;
  }
}

async function read(
  path: string,
  header: ModelHeader | undefined,
  llama: Llama,
): Promise<StudiedModel> {
  const gguf = header === undefined ? await readModelFile(path) : await readModelHeader(header);
  const insights = await GgufInsights.from(gguf.info, llama);
  if (!insights.isSupportedByLlamaCpp) {
    throw new Error(`unknown architecture '${gguf.info.metadata.general.architecture}'`);
  }
  checkSize(path, gguf, insights);
  return { gguf, insights, facts: readModelFacts(gguf.info, insights) };
}

/** The header of a file that was cut later reads well: only its length tells. */
function checkSize(path: string, { tensorBytes }: GgufInfo, insights: GgufInsights): void {
  if (tensorBytes === undefined || tensorBytes >= insights.modelSize) return;
  throw new MillpondError(
    'model-load-failed',
    `${basename(path)} is incomplete or damaged; download it again`,
  );
}
