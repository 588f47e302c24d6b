import { z } from 'zod';
import { MillpondError } from '../../core/error.ts';
import { attachOrFail } from '../connection.ts';
import type { Connection } from '../connection.ts';
import type { CliDependencies } from '../ports.ts';
import type { VerbContext } from '../verb.ts';
import { tools, undone } from './tools.ts';
import type { Aim, Change, Tool } from './tools.ts';

export interface LaunchOptions {
  /** Absent: the model that new chats get. */
  readonly model?: string;
  /** Puts the tool's settings back as they were. */
  readonly undo?: boolean;
  /** False: only writes its settings. */
  readonly start?: boolean;
}

const replaced = z.object({
  path: z.array(z.string()),
  ours: z.json(),
  before: z.exactOptional(z.json()),
});
const launched = z.object({
  keyId: z.string(),
  changes: z.array(
    z.discriminatedUnion('kind', [
      z.object({
        ...{ kind: z.literal('json'), file: z.string(), isNew: z.boolean() },
        replaced: z.array(replaced),
      }),
      z.object({ kind: z.literal('text'), file: z.string(), isNew: z.boolean() }),
    ]),
  ),
});
const record = z.record(z.string(), launched);
type Launched = z.output<typeof launched>;

/**
 * Points a coding agent to Millpond by its own settings file, and starts it. What stood there is kept
 * for `--undo`, which also ends the key that was made for it.
 */
export async function launch(
  context: VerbContext,
  name: string,
  words: readonly string[],
  options: LaunchOptions,
): Promise<void> {
  const { deps, output } = context;
  const tool = toolNamed(name);
  const connection = await attachOrFail(deps);
  const known = await readRecord(deps);
  const before = known[tool.name];
  // Twice in a row would keep our own settings as those to go back to.
  if (before !== undefined) await undo(deps, connection, before);
  if (options.undo === true) {
    await writeRecord(deps, { ...known, [tool.name]: undefined });
    const sentence =
      before === undefined
        ? `Nothing of ${tool.title} was changed by \`millpond launch\`.`
        : `${tool.title} has its own settings again.`;
    if (output.isJson) output.json({ undone: before !== undefined });
    else output.line(sentence);
    return;
  }
  const model = await modelFor(connection, options.model);
  const made = await connection.client.server.createKey({ name: `${tool.title} (launch)` });
  const aim = { origin: connection.origin, key: made.key, model };
  const changes = await write(deps, tool, aim);
  await writeRecord(deps, { ...known, [tool.name]: { keyId: made.record.id, changes } });
  if (output.isJson)
    output.json({ tool: tool.name, model, files: changes.map(({ file }) => file) });
  else {
    output.remark(`${tool.title} asks ${model} at ${connection.origin} from now on.`);
    output.remark(`\`millpond launch ${tool.name} --undo\` gives it its own settings back.`);
  }
  if (options.start === false) return;
  const status = await deps.startProgram(tool.command, words);
  if (status !== undefined) process.exitCode = status;
  else output.remark(`${tool.title} is not installed here; install it with: ${tool.install}`);
}

function toolNamed(name: string): Tool {
  const tool = tools.find((each) => each.name === name.toLowerCase());
  if (tool !== undefined) return tool;
  const names = tools.map((each) => each.name).join(', ');
  throw new MillpondError('invalid-request', `'${name}' is not one of ${names}`);
}

/** As it is listed, so that a name that does not exist is told here and not by the tool. */
async function modelFor({ client }: Connection, wanted?: string): Promise<string> {
  const name = wanted ?? (await client.settings.get({})).defaultModel;
  const { aliases } = await client.aliases.list({});
  if (aliases.some((alias) => alias.name === name)) return name;
  const { providers } = await client.providers.list({});
  const isCloud = providers.some(({ models }) =>
    models.some((model) => model.isServed && model.name === name),
  );
  return isCloud ? name : (await client.models.get({ name })).id;
}

async function write(deps: CliDependencies, tool: Tool, aim: Aim): Promise<readonly Change[]> {
  // All are read before the first is written: one that cannot be read changes nothing.
  const edited = await Promise.all(
    tool.edits(aim, deps.settingsOfTools).map(async ({ file, edit }) => ({
      file,
      ...edit(await deps.files.read(file)),
    })),
  );
  for (const { file, text } of edited) await deps.files.write(file, text);
  return edited.map(({ change }) => change);
}

async function undo(
  { files }: CliDependencies,
  { client }: Connection,
  { keyId, changes }: Launched,
): Promise<void> {
  for (const change of changes) {
    const text = undone(change, await files.read(change.file));
    if (text === undefined) await files.remove(change.file);
    else await files.write(change.file, text);
  }
  await client.server.revokeKey({ id: keyId }).catch((error: unknown) => {
    // Somebody revoked it already.
    if (MillpondError.from(error).code !== 'not-found') throw error;
  });
}

async function readRecord({ files, launchRecord }: CliDependencies) {
  const text = await files.read(launchRecord);
  if (text === undefined) return {};
  const parsed = record.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : {};
}

async function writeRecord(
  { files, launchRecord }: CliDependencies,
  entries: Readonly<
    Record<string, { readonly keyId: string; readonly changes: readonly Change[] } | undefined>
  >,
): Promise<void> {
  const left = Object.fromEntries(
    Object.entries(entries).filter(([, entry]) => entry !== undefined),
  );
  if (Object.keys(left).length === 0) await files.remove(launchRecord);
  else await files.write(launchRecord, `${JSON.stringify(left, undefined, 2)}\n`);
}
