import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How a person opens a folder that is closed to them. */
export interface Opening {
  readonly problem: string;
  readonly command?: string;
}

const groupMayEnter = 0o050;

/**
 * The service of Ollama keeps its models as its own user. Its installer puts people into its group,
 * which helps where the group may enter; elsewhere only wider permissions do. The private key that
 * lies beside the models stays closed.
 */
export async function openOllamaService(folder: string): Promise<Opening> {
  const store = dirname(folder);
  const home = dirname(store);
  const mode = await stat(home).then(
    (found) => found.mode,
    () => 0,
  );
  if ((mode & groupMayEnter) === groupMayEnter) {
    return {
      problem: `The models of the Ollama service in ${folder} are closed to you; join its group, then log in again`,
      command: 'sudo usermod -aG ollama $USER',
    };
  }
  return {
    problem: `The models of the Ollama service in ${folder} are closed to you; let everybody read them, then look again`,
    command: `sudo chmod a+x ${home} ${store} && sudo chmod -R a+rX ${folder}`,
  };
}
