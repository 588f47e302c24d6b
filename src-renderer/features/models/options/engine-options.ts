import type { EngineKind, InstalledModel } from '../../../api.ts';
import type { LoadDraft } from './load-draft.ts';

type Option = keyof LoadDraft;

const everything: readonly Option[] = [
  ...(['contextLength', 'slots', 'gpuLayers', 'threads'] as const),
  ...(['flashAttention', 'cacheType', 'gpus'] as const),
];

/** What each program listens to. Options that it would ignore are not shown. */
const optionsOf: Readonly<Record<EngineKind, readonly Option[]>> = {
  'llama-cpp': everything,
  'llama-server': everything,
  vllm: ['contextLength', 'slots', 'gpus'],
  mlx: ['contextLength', 'slots', 'threads'],
};

/** The program that would run the model with this choice; undefined when none can. */
export function engineFor(
  { engines }: Pick<InstalledModel, 'engines'>,
  choice: LoadDraft['engine'],
): EngineKind | undefined {
  const usable = engines.filter(({ isUsable }) => isUsable).map(({ kind }) => kind);
  return choice !== 'auto' && usable.includes(choice) ? choice : usable[0];
}

/** Whether the option does anything with that program. All do as long as none is known. */
export function isHeard(option: Option, engine: EngineKind | undefined): boolean {
  return engine === undefined || optionsOf[engine].includes(option);
}
