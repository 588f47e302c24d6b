import { attachOrFail } from './connection.ts';
import type { VerbContext } from './verb.ts';

/** Prints a fresh one-time address of the running server and opens the browser with it. */
export async function open({ deps, output }: VerbContext): Promise<void> {
  const { client, origin } = await attachOrFail(deps);
  const { code } = await client.session.createCode({});
  const loginUrl = `${origin}/#code=${code}`;
  if (output.isJson) output.json({ loginUrl });
  else output.line(loginUrl);
  await deps.openBrowser(loginUrl);
}
