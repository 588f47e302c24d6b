import { isAbsolute, basename } from 'node:path';
import { stat } from 'node:fs/promises';
import { MillpondError } from '../core/error.ts';
import { explainFileError, fileErrorCode } from '../platform/file-error.ts';
import { findHeaderProblem } from './gguf-header.ts';
import { findFileProblem } from './library-scan.ts';
import { readFacts } from './library-study.ts';
import { findModelFiles, findModelOf } from './model-files.ts';
import type { ModelFile } from './model-files.ts';
import type { ModelFacts } from '../core/model.ts';
import type { ModelInspector } from './ports.ts';
import { isProjector } from './projector.ts';

export interface ImportSource {
  readonly file: ModelFile;
  readonly facts: ModelFacts;
}

/**
 * The model behind a path that a person gave: a file, any part of a set, a folder in the MLX layout,
 * or a folder that holds just one model. Rejects with `invalid-request` and one sentence that says
 * why it is none, or with `not-found`.
 */
export async function findImportSource(
  path: string,
  inspector: ModelInspector,
  signal: AbortSignal,
): Promise<ImportSource> {
  if (!isAbsolute(path)) throw refuse(`Give the whole path of the model, not ${path}`);
  const isFolder = await lookAt(path);
  const file = (await findModelOf(path)) ?? (isFolder ? await onlyModelIn(path) : undefined);
  if (file === undefined) throw refuse(await whyNoModel(path));
  const problem = await findFileProblem(file, basename(file.path));
  if (problem !== undefined) throw refuse(problem);
  try {
    return { file, facts: await readFacts({ file }, inspector, signal) };
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = MillpondError.from(error);
    throw code === 'model-load-failed' ? refuse(message) : error;
  }
}

function refuse(message: string): MillpondError {
  return new MillpondError('invalid-request', message, { param: 'path' });
}

/** Whether it is a folder. Rejects when there is nothing. */
async function lookAt(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (fileErrorCode(error) !== 'ENOENT') throw explainFileError(error, 'read', path);
    throw new MillpondError('not-found', `${path} does not exist; check the path`, {
      param: 'path',
      cause: error,
    });
  }
}

async function onlyModelIn(folder: string): Promise<ModelFile | undefined> {
  const models = await findModelFiles(folder, { maxDepth: 2, maxEntries: 5000 });
  if (models.length > 1) {
    const advice = 'choose one of them, or add the folder in Settings';
    throw refuse(`${basename(folder)} holds ${models.length} models; ${advice}`);
  }
  return models[0];
}

async function whyNoModel(path: string): Promise<string> {
  const name = basename(path);
  if ((await stat(path)).isDirectory()) {
    return `${name} holds no model: neither GGUF files nor a whole MLX folder (config.json, tokenizer and *.safetensors)`;
  }
  if (isProjector(name)) {
    return `${name} is only the part of a model that sees; import the model beside it`;
  }
  if (/\.safetensors$/i.test(name)) {
    return `${name} is only a part of a model; import its whole folder with config.json and tokenizer`;
  }
  return (
    (await findHeaderProblem(path)) ?? `${name} is a GGUF file; give it a name that ends in .gguf`
  );
}
