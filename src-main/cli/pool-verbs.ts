import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { invite } from './invite.ts';
import type { InviteOptions } from './invite.ts';
import { inviteListHelp } from './invite-list.ts';
import { join } from './join.ts';
import type { JoinOptions } from './join.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';
import type { NewKeyOptions } from './keys.ts';
import { leave } from './leave.ts';
import { login } from './login.ts';
import { parseSpan, parseTimeOfDay } from './moments.ts';
import type { TimeOfDay } from './moments.ts';
import { nodes } from './nodes.ts';
import type { OutputOptions } from './output.ts';
import { pools } from './pools.ts';
import type { CliDependencies } from './ports.ts';
import { wishSharing } from './sharing.ts';
import { runVerb, withOutputOptions } from './verb.ts';

type Chosen<Options> = Options & OutputOptions;

const weekMs = 7 * 24 * 3600_000;

/** Verbs about pools, the people in them and what this machine does for them. */
export function addPoolVerbs(program: Command, deps: CliDependencies): void {
  addJoining(program, deps);
  addHosting(program, deps);
  addSharing(program, deps);
  addKeys(program, deps);
  withOutputOptions(program.command('login'))
    .argument('<url>', 'such as https://pool.example.org:8443')
    .description('sign in at a gateway elsewhere; MILLPOND_URL then sends commands there')
    .option('--name <name>', 'as the gateway knows you; its owner if absent', '')
    .option('-y, --yes', 'the words of its certificate were compared before')
    .action((url: string, options: Chosen<{ name: string; yes?: boolean }>) =>
      runVerb(deps, options, (context) => login(context, url, options)),
    );
}

function addJoining(program: Command, deps: CliDependencies): void {
  withOutputOptions(program.command('join'))
    .argument('<link>', 'the invite, in quotes')
    .description('join a pool')
    .option('--name <name>', 'as its members see you')
    .option('--device <name>', 'as its members see this machine')
    .option('--no-share', 'do not offer the models of this machine there')
    .option('-y, --yes', 'do not ask')
    .action((link: string, options: Chosen<JoinOptions>) =>
      runVerb(deps, options, (context) => join(context, link, options)),
    );
  withOutputOptions(program.command('leave'))
    .argument('[pool]', 'its name; not needed while there is one')
    .description('leave a pool')
    .action((pool: string | undefined, options: OutputOptions) =>
      runVerb(deps, options, (context) => leave(context, pool)),
    );
  withOutputOptions(program.command('pools'))
    .description('list the pools that are held here and those that were joined')
    .action((options: OutputOptions) => runVerb(deps, options, pools));
}

function addHosting(program: Command, deps: CliDependencies): void {
  withOutputOptions(program.command('invite'))
    .description('make an invite to a pool that is held here')
    .addHelpText('after', inviteListHelp)
    .option('--pool <name>', 'not needed while there is one')
    .option(
      '--uses <count>',
      'devices that may use it; any number if absent, one with --csv',
      devices,
    )
    .option('--expires <span>', 'such as 30m, 12h, 7d or never', parseSpan, weekMs)
    .addOption(
      new Option('--role <role>', 'of those who come')
        .choices(['admin', 'member', 'viewer'])
        .default('member'),
    )
    .addOption(
      new Option('--trust <trust>', 'how far their machines are trusted with prompts')
        .choices(['own', 'trusted', 'guest'])
        .default('trusted'),
    )
    .addOption(
      new Option('--rights <rights>', 'what it lets in')
        .choices(['serve-and-ask', 'ask', 'serve'])
        .default('serve-and-ask'),
    )
    .option('--models <names>', 'models that they may ask, with commas; all if absent', names)
    .addOption(new Option('--qr', 'draw it for a telephone too').conflicts('csv'))
    .option('--csv <file>', 'one invite for each line of a list: name,expires,uses,…')
    .action((options: Chosen<InviteOptions>) =>
      runVerb(deps, options, (context) => invite(context, options)),
    );
  withOutputOptions(program.command('nodes'))
    .description('list the machines of pools that are held here')
    .option('--pool <name>', 'of this pool alone')
    .action((options: Chosen<{ pool?: string }>) =>
      runVerb(deps, options, (context) => nodes(context, options)),
    );
}

function addSharing(program: Command, deps: CliDependencies): void {
  withOutputOptions(program.command('share'))
    .description('work for pools, as the rules of this machine allow')
    .action((options: OutputOptions) =>
      runVerb(deps, options, (context) => wishSharing(context, 'share')),
    );
  withOutputOptions(program.command('finish'))
    .description('end running answers for others, then take no more')
    .action((options: OutputOptions) =>
      runVerb(deps, options, (context) => wishSharing(context, 'finish')),
    );
  withOutputOptions(program.command('pause'))
    .description('stop working for others now; their answers go on elsewhere')
    .option('--until <time>', 'of day at which it ends by itself, such as 18:30', parseTimeOfDay)
    .action((options: Chosen<{ until?: TimeOfDay }>) =>
      runVerb(deps, options, (context) => wishSharing(context, 'pause', options)),
    );
}

function addKeys(program: Command, deps: CliDependencies): void {
  const keys = withOutputOptions(program.command('keys'))
    .description('list, create and revoke API keys')
    .action((options: OutputOptions) => runVerb(deps, options, listKeys));
  withOutputOptions(keys.command('list'))
    .description('list them')
    .action((_own: OutputOptions, command: Command) =>
      runVerb(deps, command.optsWithGlobals<OutputOptions>(), listKeys),
    );
  withOutputOptions(keys.command('create'))
    .argument('<name>', 'what it is for')
    .description('make one and print it once')
    .option('--pool <name>', 'whose models it may ask besides those of this machine')
    .option('--models <names>', 'models that it may ask, with commas; all if absent', names)
    .addOption(
      new Option('--privacy <whom>', 'whose machines may read what it asks').choices([
        'this-machine',
        'trusted',
        'any',
      ]),
    )
    .option('--expires <span>', 'such as 12h, 7d or never', parseSpan)
    .action((name: string, _own: OutputOptions, command: Command) => {
      const options = command.optsWithGlobals<Chosen<NewKeyOptions>>();
      return runVerb(deps, options, (context) => createKey(context, name, options));
    });
  withOutputOptions(keys.command('revoke'))
    .argument('<key>', 'its name, its first characters or its id')
    .description('make one useless')
    .action((key: string, _own: OutputOptions, command: Command) =>
      runVerb(deps, command.optsWithGlobals<OutputOptions>(), (context) => revokeKey(context, key)),
    );
}

function devices(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count;
  throw new InvalidArgumentError('Give a whole number from 1 to 1000.');
}

function names(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
