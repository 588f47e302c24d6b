import type { ControlHandlers } from '../../contract/control.ts';
import type { ConfigFile } from '../../gateway/config/config-file.ts';

/** The file `millpond.yaml`. */
export function createConfigHandlers(file: ConfigFile): ControlHandlers['config'] {
  return {
    status: () => file.status(),
    check: ({ text }) => ({ problems: [...file.check(text)] }),
    export: async () => ({ text: await file.export() }),
    async import({ text }) {
      const { providers, problems } = await file.import(text);
      return { providers: [...providers], problems: [...problems] };
    },
  };
}
