import type { ControlHandlers } from '../../contract/control.ts';
import { MillpondError } from '../../core/error.ts';
import type { ConfigFile } from '../../gateway/config/config-file.ts';

interface ConfigHandlersDeps {
  readonly file: Pick<ConfigFile, 'status' | 'check' | 'export' | 'import'>;
  readonly ownerPersonId: string;
}

/** The file `millpond.yaml`. */
export function createConfigHandlers({
  file,
  ownerPersonId,
}: ConfigHandlersDeps): ControlHandlers['config'] {
  /** What a variable holds comes back in names and sentences, or is sent where the text says. */
  const refuseVariables = (text: string, personId: string): void => {
    if (personId === ownerPersonId || !asksForVariable.test(text)) return;
    throw new MillpondError(
      'forbidden',
      'Variables are read from the environment of this machine, so only its owner can use a text with them; write out what they stand for, or ask the owner',
      { reason: 'role-needed', param: 'text' },
    );
  };
  return {
    status: () => file.status(),
    check({ text }, { personId }) {
      refuseVariables(text, personId);
      return { problems: [...file.check(text)] };
    },
    export: async () => ({ text: await file.export() }),
    async import({ text }, { personId }) {
      refuseVariables(text, personId);
      const { providers, problems } = await file.import(text);
      return { providers: [...providers], problems: [...problems] };
    },
  };
}

/** Escapes of YAML may spell the two characters too. */
const asksForVariable = /\$|\\(?:x24|u0024|U00000024)/i;
