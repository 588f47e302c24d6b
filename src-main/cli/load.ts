import type { FitView } from '../contract/fit.ts';
import type { LoadOptions } from '../contract/models.ts';
import { MillpondError } from '../core/error.ts';
import { attachOrFail } from './connection.ts';
import { loadVisibly } from './load-progress.ts';
import { formatMemory } from './output.ts';
import type { VerbContext } from './verb.ts';

export interface LoadVerbOptions {
  readonly context?: number;
  readonly slots?: number;
  /** `all`, `off`, or places in the machine's list of cards, such as `0,1`. */
  readonly gpu?: string;
  readonly gpuLayers?: number;
  readonly threads?: number;
  readonly cache?: LoadOptions['cacheType'];
  readonly engine?: LoadOptions['engine'];
  readonly remember?: boolean;
  readonly estimateOnly?: boolean;
}

/** Loads a model into the running server with these options, or says what that would take. */
export async function load(
  { deps, output }: VerbContext,
  name: string,
  chosen: LoadVerbOptions,
): Promise<void> {
  const { client } = await attachOrFail(deps);
  const model = await client.models.get({ name });
  const options = { ...model.options, ...optionsOf(chosen) };
  if (chosen.estimateOnly) {
    const fit = await client.models.predict({ id: model.id, options });
    if (output.isJson) output.json(fit);
    else output.line(describeFit(fit));
    return;
  }
  if (chosen.remember) await client.models.update({ id: model.id, options });
  await loadVisibly(client, model, output, { options, signal: deps.interrupted });
  const { loaded } = await client.models.get({ name: model.id });
  if (output.isJson) output.json({ id: model.id, loaded });
  else output.line(`${model.name} is ready: ${loaded?.device ?? 'loaded'}`);
}

function optionsOf({ context, slots, gpu, gpuLayers, threads, cache, engine }: LoadVerbOptions) {
  const gpus = gpu === undefined ? undefined : parseGpus(gpu);
  return {
    ...(context !== undefined && { contextLength: context }),
    ...(slots !== undefined && { slots }),
    ...(gpus !== undefined && { gpus }),
    ...(gpuLayers !== undefined && { gpuLayers }),
    ...(threads !== undefined && { threads }),
    ...(cache !== undefined && { cacheType: cache }),
    ...(engine !== undefined && { engine }),
  };
}

/** Undefined leaves the choice to the engine, which takes all. */
function parseGpus(text: string): number[] | undefined {
  if (text === 'all') return undefined;
  if (text === 'off') return [];
  if (/^\d+(,\d+)*$/.test(text)) return text.split(',').map(Number);
  throw new MillpondError(
    'invalid-request',
    `--gpu is all, off, or the numbers of graphics cards such as 0,1; not "${text}"`,
  );
}

function describeFit(fit: FitView): string {
  const word = { fits: 'Fits', slow: 'May be slow', 'too-big': "Won't fit" }[fit.verdict];
  const memory = `${formatMemory(fit.predictedBytes)} of ${formatMemory(fit.limitBytes)}`;
  const size = `${String(fit.slots)} × ${fit.contextLength.toLocaleString('en')} tokens of context`;
  const speed =
    fit.tokensPerSecond === undefined ? '' : `, about ${fit.tokensPerSecond.toFixed(1)} tok/s`;
  return `${word}: ${memory} with ${size}${speed}`;
}
