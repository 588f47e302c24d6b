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
 * which helps where the group may enter; elsewhere, and who is in it already, needs wider permissions. The private key that
 * lies beside the models stays closed.
 */
export async function openOllamaService(
  folder: string,
  ownGroups: readonly number[] = process.getgroups?.() ?? [],
): Promise<Opening> {
  const store = dirname(folder);
  const home = dirname(store);
  const found = await stat(home).catch(() => undefined);
  const isMember = found !== undefined && ownGroups.includes(found.gid);
  const helpsGroup = ((found?.mode ?? 0) & groupMayEnter) === groupMayEnter;
  if (helpsGroup && !isMember) {
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
