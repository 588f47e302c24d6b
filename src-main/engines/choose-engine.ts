import { MillpondError } from '../core/error.ts';
import type { EngineKind, LoadOptions, ModelManifest } from '../core/model.ts';
import type { EngineFactory } from './engine.ts';
import type { Sidecar } from './sidecars/sidecar.ts';

/** One program that could run a model. */
export interface EngineChoice {
  readonly kind: EngineKind;
  readonly isUsable: boolean;
  /** What is missing, in one sentence that names the command. */
  readonly reason?: string;
  /** Gets what is missing. */
  readonly command?: string;
}

export interface EngineChooser extends EngineFactory {
  /**
   * The programs that could run a model, the best first; the first usable one does unless another
   * was chosen. Cheap: from what the last look found.
   */
  choices(model: ModelManifest): readonly EngineChoice[];
  /** The kind that a load with these options would use; undefined when none can. */
  chosenKind(model: ModelManifest, options: LoadOptions): EngineKind | undefined;
  /** Looks for the programs again. Starts short-lived processes: when somebody looks, on no timer. */
  look(): Promise<void>;
}

interface ChooserDeps {
  readonly llamaCpp: EngineFactory;
  readonly sidecars: readonly Sidecar[];
}

/** Picks the engine of each load by the model's format and by what is installed. */
export function createEngineChooser({ llamaCpp, sidecars }: ChooserDeps): EngineChooser {
  const choices = (model: ModelManifest): readonly EngineChoice[] => {
    const others = sidecars
      .filter((sidecar) => sidecar.objection(model) === undefined)
      .map(choiceOf);
    if (model.format !== 'gguf') return others;
    const own: EngineChoice = { kind: 'llama-cpp', isUsable: true };
    // Our engine reads text only: pictures need the server, where it is installed.
    const needsServer =
      model.projectorPath !== undefined && others.some(({ isUsable }) => isUsable);
    return needsServer ? [...others, own] : [own, ...others];
  };

  const chosenKind = (model: ModelManifest, options: LoadOptions): EngineKind | undefined =>
    options.engine ?? choices(model).find(({ isUsable }) => isUsable)?.kind;

  return {
    choices,
    chosenKind,
    async look() {
      await Promise.all(sidecars.map((sidecar) => sidecar.look()));
    },
    async load(request) {
      const { model, options } = request;
      const kind = chosenKind(model, options) ?? (await lookAgain(model, options));
      if (kind === 'llama-cpp') {
        if (model.format === 'gguf') return llamaCpp.load(request);
        throw failed(
          `Our own engine runs GGUF files only; choose another engine for ${model.name}`,
        );
      }
      const sidecar = sidecars.find((each) => each.kind === kind);
      if (sidecar === undefined) throw failed(`No engine is called ${kind}`);
      const objection = sidecar.objection(model);
      if (objection !== undefined) throw failed(`${objection}; choose another engine`);
      return sidecar.load(request);
    },
  };

  /** It may have been installed since; otherwise says what would help. */
  async function lookAgain(model: ModelManifest, options: LoadOptions): Promise<EngineKind> {
    await Promise.all(sidecars.map((sidecar) => sidecar.look()));
    const kind = chosenKind(model, options);
    if (kind !== undefined) return kind;
    const [first] = choices(model);
    throw failed(first?.reason ?? `No installed engine can run ${model.name}`);
  }
}

function choiceOf(sidecar: Sidecar): EngineChoice {
  const status = sidecar.status();
  if (status.isUsable) return { kind: sidecar.kind, isUsable: true };
  const { reason, command } = status;
  return { kind: sidecar.kind, isUsable: false, reason, ...(command !== undefined && { command }) };
}

function failed(message: string): MillpondError {
  return new MillpondError('model-load-failed', message);
}
