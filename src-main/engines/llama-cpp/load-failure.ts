import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { InsufficientMemoryError } from 'node-llama-cpp';
import { MillpondError } from '../../core/error.ts';

const magic = 'GGUF';
const keptLines = 60;

/** llama.cpp says why it failed only in its log: this keeps the newest lines of it. */
export class LogTail {
  private readonly lines: string[] = [];

  add(message: string): void {
    this.lines.push(
      ...message
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    );
    this.lines.splice(0, this.lines.length - keptLines);
  }

  clear(): void {
    this.lines.length = 0;
  }

  /** Native threads hand their lines over a little later than the failure itself. */
  async complete(): Promise<string> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.lines.join('\n');
  }
}

/** Refuses what cannot be a model before native code sees it, in a sentence a person understands. */
export async function checkModelFile(path: string): Promise<void> {
  const name = basename(path);
  const start = await readStart(path, name);
  if (start === magic) return;
  throw failed(
    start === ''
      ? `${name} is empty; download it again`
      : `${name} is not a GGUF file, so it cannot be loaded`,
  );
}

async function readStart(path: string, name: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0);
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw failed(unreadable(name, cause), cause);
  }
}

function unreadable(name: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'ENOENT':
      return `${name} is no longer there; add the model again or download it`;
    case 'EACCES':
    case 'EPERM':
      return `${name} cannot be read: this user has no permission for the file`;
    case 'EISDIR':
      return `${name} is a folder, not a model file`;
    default:
      return `${name} cannot be read from the disk`;
  }
}

interface Symptom {
  readonly sign: RegExp;
  explain(name: string, match: RegExpExecArray): string;
}

/** What llama.cpp and the GGUF reader write, and what it means for the person who has the file. */
const symptoms: readonly Symptom[] = [
  {
    sign: /[KV] cache type (\w+) with block size/,
    explain: (name, match) =>
      `${name} cannot keep its cache as ${match[1] ?? 'chosen'}: its attention heads have another size; choose the cache type f16`,
  },
  {
    sign: /unknown (?:model )?architecture:? '?([\w.-]+)'?/i,
    explain: (name, match) =>
      `${name} uses the architecture "${match[1] ?? ''}", which this version cannot run`,
  },
  {
    sign: /not within the file bounds|corrupted or incomplete|unexpectedly reached end|offset .* is out of (?:range|bounds)|out of range|failed to read|Invalid typed array length|Array buffer allocation failed/i,
    explain: (name) => `${name} is incomplete or damaged; download it again`,
  },
  {
    sign: /invalid magic|bad magic|not a gguf/i,
    explain: (name) => `${name} is not a GGUF file, so it cannot be loaded`,
  },
  {
    sign: /unsupported.*version|bad GGUF version|GGUFv?\d+ is no longer supported/i,
    explain: (name) => `${name} was written in a GGUF version that this version cannot read`,
  },
  {
    sign: /invalid vector|missing tensor|wrong (?:number of tensors|shape)|duplicate(?:d)? tensor|error loading model|key not found|invalid (?:split|ggml type)|failed to load model|tensor '/i,
    explain: (name) => `${name} is damaged or does not contain a complete model; download it again`,
  },
];

const memorySigns =
  /out of memory|unable to allocate|failed to allocate|cannot allocate|insufficient memory/i;

/** Turns whatever a load threw, with the native log, into one sentence. */
export function explainLoadFailure(path: string, cause: unknown, log: string): MillpondError {
  if (cause instanceof MillpondError) return cause;
  const name = basename(path);
  const evidence = `${cause instanceof Error ? cause.message : ''}\n${log}`;
  if (cause instanceof InsufficientMemoryError || memorySigns.test(evidence)) {
    return new MillpondError(
      'out-of-memory',
      `${name} does not fit into the free memory; unload another model, or choose fewer slots, a shorter context or a smaller quantization`,
      { cause },
    );
  }
  for (const symptom of symptoms) {
    const match = symptom.sign.exec(evidence);
    if (match) return failed(symptom.explain(name, match), cause);
  }
  return failed(`${name} could not be loaded; the file may be damaged`, cause);
}

function failed(message: string, cause?: unknown): MillpondError {
  return new MillpondError('model-load-failed', message, { cause });
}
