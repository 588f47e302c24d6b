import { Command, InvalidArgumentError, Option } from 'commander';
import { engineKind } from '../contract/models.ts';
import { backup } from './backup.ts';
import { bench } from './bench.ts';
import { chat } from './chat.ts';
import { completionScript } from './completion.ts';
import { doctor } from './doctor.ts';
import type { DoctorOptions } from './doctor.ts';
import { exitCodes } from './exit-code.ts';
import { importModel } from './import.ts';
import type { ImportOptions } from './import.ts';
import { launch } from './launch/launch.ts';
import type { LaunchOptions } from './launch/launch.ts';
import { list } from './list.ts';
import { load } from './load.ts';
import type { LoadVerbOptions } from './load.ts';
import { open } from './open.ts';
import type { OutputOptions } from './output.ts';
import { addPoolVerbs } from './pool-verbs.ts';
import type { CliDependencies } from './ports.ts';
import { ps } from './ps.ts';
import { pull } from './pull.ts';
import { remove } from './remove.ts';
import { restore } from './restore.ts';
import type { RestoreOptions } from './restore.ts';
import { run } from './run.ts';
import type { RunOptions } from './run.ts';
import { serve } from './serve.ts';
import type { ServeOptions } from './serve.ts';
import { show } from './show.ts';
import { stop } from './stop.ts';
import { update } from './update.ts';
import type { UpdateOptions } from './update.ts';
import { runVerb, withOutputOptions } from './verb.ts';
import { verify } from './verify.ts';

const exitHelp = `
Exit status: 0 done · 1 failed · 2 wrong usage · 3 no such model · 4 server not reachable
             5 out of memory or disk · 130 interrupted`;

/** The command line: one verb a file, all wired here. */
export function createProgram(deps: CliDependencies): Command {
  const program = new Command('millpond')
    .description('Run AI models on your own machine.')
    .version(deps.version)
    .addHelpText('after', exitHelp)
    .configureOutput({
      writeOut: (text) => void deps.stdout.write(text),
      writeErr: (text) => void deps.stderr.write(text),
    })
    .exitOverride((error) => {
      process.exitCode = error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
      throw error;
    });
  addServerVerbs(program, deps);
  addUpdateVerb(program, deps);
  addDoctorVerb(program, deps);
  addModelVerbs(program, deps);
  addLibraryVerbs(program, deps);
  addConversationVerbs(program, deps);
  addPoolVerbs(program, deps);
  addLaunchVerb(program, deps);
  program
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .description('print a completion script for your shell')
    .action((shell: string) =>
      runVerb(deps, {}, ({ output }) => {
        output.write(completionScript(program, shell));
        return Promise.resolve();
      }),
    );
  return program;
}

type Chosen<Options> = Options & OutputOptions;

function addServerVerbs(program: Command, deps: CliDependencies): void {
  withOutputOptions(program.command('serve'))
    .description('run the server until Ctrl+C')
    .option('-p, --port <port>', 'loopback port; 0 picks a free one', wholeNumber(0, 65_535))
    .option('--open', 'open the window in the browser')
    .option('--config <path>', 'a config file; millpond.yaml in the data folder if absent')
    .option('--pool [name]', 'hold a pool: opens the public port, also for its set-up')
    .option('--pool-port <port>', 'its public port; 0 picks a free one', wholeNumber(0, 65_535))
    .option(
      '--tls-cert <file>',
      'PEM of a certificate for the public name; read again when it changes',
    )
    .option('--tls-key <file>', 'PEM of its key')
    .option('--proxy-listen <address>', 'plain port for a reverse proxy, such as 127.0.0.1:8485')
    .option('--public-url <url>', 'where people find that proxy, such as https://ai.example.org')
    .option('--trusted-proxy <networks...>', 'where the proxy comes from; this machine if absent')
    .option('--user-header <name>', 'header in which the proxy names who signed in with it')
    .option('--safe', 'safe mode: CPU only, default settings, no pool, nothing goes out')
    .addOption(
      new Option(
        '--trial',
        'for a copy of a data folder: a free port, and nothing goes out',
      ).conflicts('safe'),
    )
    .action((options: Chosen<ServeOptions>) =>
      runVerb(deps, options, (context) => serve(context, options)),
    );
  withOutputOptions(program.command('open'))
    .description('open the window of the running server in the browser')
    .action((options: OutputOptions) => runVerb(deps, options, open));
  withOutputOptions(program.command('stop'))
    .argument('[model]', 'without it the server itself stops')
    .description('unload a model, or stop the server')
    .option('--force', 'do not wait for running answers')
    .action((model: string | undefined, options: Chosen<{ force?: boolean }>) =>
      runVerb(deps, options, (context) => stop(context, model, options)),
    );
  withOutputOptions(program.command('backup'))
    .argument('<file>', 'a new file; it will hold secrets')
    .description('copy database, settings and secrets into one file')
    .action((file: string, options: OutputOptions) =>
      runVerb(deps, options, (context) => backup(context, file)),
    );
  withOutputOptions(program.command('restore'))
    .argument('[file]', 'a backup, or the folder that an earlier restore has kept')
    .description('put a backup in place of what is there, while the server is stopped')
    .option(
      '--before-upgrade [which]',
      'the copy from before an update of Millpond; several are listed, to choose by number or latest',
    )
    .action((file: string | undefined, options: Chosen<RestoreOptions>) =>
      runVerb(deps, options, (context) => restore(context, file, options)),
    );
}

function addUpdateVerb(program: Command, deps: CliDependencies): void {
  withOutputOptions(program.command('update'))
    .description('look for a newer version; install it, or bring back the one from before')
    .option('--check', 'only look; the same as no option')
    .option('--apply', 'fetch it, try it with a copy of the data, and install it')
    .option('--back', 'the version and the data from before the latest update')
    .option('--now', 'do not wait for running answers')
    .option('-y, --yes', 'do not ask before going back')
    .action((options: Chosen<UpdateOptions>) =>
      runVerb(deps, options, (context) => update(context, options)),
    );
}

function addDoctorVerb(program: Command, deps: CliDependencies): void {
  withOutputOptions(program.command('doctor'))
    .description('look for what is wrong, also while Millpond does not run')
    .option('--fix', 'mend what can be mended, after asking')
    .option('--report <file>', 'write down what helps to help, after showing it; goes nowhere')
    .option('-y, --yes', 'do not ask')
    .action((options: Chosen<DoctorOptions>) =>
      runVerb(deps, options, (context) => doctor(context, options)),
    );
}

function addModelVerbs(program: Command, deps: CliDependencies): void {
  withOutputOptions(program.command('list').alias('ls'))
    .description('list the models on this machine')
    .action((options: OutputOptions) => runVerb(deps, options, list));
  withOutputOptions(program.command('ps'))
    .description('list the loaded models')
    .action((options: OutputOptions) => runVerb(deps, options, ps));
  withOutputOptions(program.command('show'))
    .argument('<model>')
    .description('show what is known about a model')
    .action((model: string, options: OutputOptions) =>
      runVerb(deps, options, (context) => show(context, model)),
    );
  withOutputOptions(program.command('load'))
    .argument('<model>')
    .description('load a model into the running server')
    .option('-c, --context <tokens>', 'of each answer', wholeNumber(128, 1_048_576))
    .option('--slots <count>', 'answers at the same time', wholeNumber(1, 64))
    .option('--gpu <which>', 'all, off, or numbers of graphics cards such as 0,1')
    .option('--gpu-layers <count>', 'layers on the graphics card', wholeNumber(0, 1000))
    .option('--threads <count>', 'of the processor', wholeNumber(1, 256))
    .addOption(
      new Option('--cache <type>', 'how keys and values are kept').choices(['f16', 'q8_0', 'q4_0']),
    )
    .addOption(
      new Option('--engine <name>', 'the program that runs it').choices(engineKind.options),
    )
    .option('--remember', 'use these options from now on')
    .option('--estimate-only', 'only say what it would take')
    .action((model: string, options: Chosen<LoadVerbOptions>) =>
      runVerb(deps, options, (context) => load(context, model, options)),
    );
  withOutputOptions(program.command('bench'))
    .argument('[model]')
    .description('measure how fast a model is here')
    .option('--runs <count>', 'how often', wholeNumber(1, 100), 5)
    .option('--tokens <count>', 'tokens a run', wholeNumber(2, 10_000), 128)
    .action((model: string | undefined, options: Chosen<{ runs: number; tokens: number }>) =>
      runVerb(deps, options, (context) => bench(context, model, options)),
    );
}

function addLibraryVerbs(program: Command, deps: CliDependencies): void {
  withOutputOptions(program.command('pull'))
    .argument('<model>', 'such as hf:org/repo:Q4_K_M, hf.co/org/repo or the address of its page')
    .description('download a model from the hub; goes on where it was')
    .action((model: string, options: OutputOptions) =>
      runVerb(deps, options, (context) => pull(context, model)),
    );
  withOutputOptions(program.command('rm'))
    .argument('<models...>')
    .description('delete models and free their space')
    .option('-f, --force', 'even while other programs use the same file')
    .action((models: string[], options: Chosen<{ force?: boolean }>) =>
      runVerb(deps, options, (context) => remove(context, models, options)),
    );
  withOutputOptions(program.command('import'))
    .argument('<path>', 'a GGUF file, or the folder of an MLX model')
    .description('use a model file that is already on this disk')
    .addOption(new Option('--copy', 'copy it into the models folder').conflicts('move'))
    .option('--move', 'move it into the models folder')
    .action((path: string, options: Chosen<ImportOptions>) =>
      runVerb(deps, options, (context) => importModel(context, path, options)),
    );
  withOutputOptions(program.command('verify'))
    .argument('<model>')
    .description('compare a model with what it should be')
    .option('--repair', 'fetch damaged parts again')
    .action((model: string, options: Chosen<{ repair?: boolean }>) =>
      runVerb(deps, options, (context) => verify(context, model, options)),
    );
}

function addConversationVerbs(program: Command, deps: CliDependencies): void {
  withGenerationOptions(program.command('run'))
    .argument('<model>')
    .argument('[prompt...]', 'joined with what comes on standard input')
    .description('answer a prompt, or chat when there is none')
    .option('-v, --verbose', 'print tokens and speed')
    .action((model: string, prompt: string[], options: Chosen<RunOptions>) =>
      runVerb(deps, options, (context) => run(context, model, prompt, options)),
    );
  withGenerationOptions(program.command('chat'))
    .argument('[model]')
    .description('chat in the terminal')
    .action((model: string | undefined, options: Chosen<RunOptions>) =>
      runVerb(deps, options, (context) => chat(context, model, options)),
    );
}

function addLaunchVerb(program: Command, deps: CliDependencies): void {
  withOutputOptions(program.command('launch'))
    .argument('<tool>', 'claude, codex or opencode')
    .argument('[words...]', 'handed on to it, behind `--`')
    .description('point a coding agent to Millpond and start it')
    .option('-m, --model <model>', 'model, alias or cloud model; the default one if absent')
    .option('--undo', 'give it its own settings back')
    .option('--no-start', 'only write its settings')
    .action((tool: string, words: string[], options: Chosen<LaunchOptions>) =>
      runVerb(deps, options, (context) => launch(context, tool, words, options)),
    );
}

function withGenerationOptions(command: Command): Command {
  return withOutputOptions(command)
    .option('-s, --system <text>', 'system prompt')
    .addOption(
      new Option('-t, --temperature <number>', '0 is greedy, 2 is wild').argParser(decimal(0, 2)),
    )
    .option('-n, --max-tokens <count>', 'longest answer', wholeNumber(1, 1_000_000))
    .option('--seed <number>', 'same seed, same answer', wholeNumber(0, 2 ** 31));
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max && text.trim() !== '') return value;
    throw new InvalidArgumentError(`Give a whole number from ${String(min)} to ${String(max)}.`);
  };
}

function decimal(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Give a number from ${String(min)} to ${String(max)}.`);
  };
}
