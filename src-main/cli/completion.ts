import type { Command } from 'commander';
import { MillpondError } from '../core/error.ts';

interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly string[];
  /** Verbs of its own, such as `create` of `keys`. */
  readonly verbs: readonly string[];
}

/** A completion script for a shell, made from the program's own verbs and options. */
export function completionScript(program: Command, shell: string): string {
  const verbs = program.commands.map((command) => ({
    name: command.name(),
    summary: command.description(),
    options: command.options.flatMap((option) => option.long ?? []),
    verbs: command.commands.map((inner) => inner.name()),
  }));
  switch (shell) {
    case 'bash':
      return bash(verbs);
    case 'zsh':
      return zsh(verbs);
    case 'fish':
      return fish(verbs);
    default:
      throw new MillpondError(
        'invalid-request',
        `There is no completion for "${shell}"; use bash, zsh or fish`,
      );
  }
}

function bash(verbs: readonly Verb[]): string {
  const cases = verbs.map((verb) => `    ${verb.name}) words="${wordsOf(verb)}" ;;`);
  return `_millpond() {
  local words
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="${verbs.map((verb) => verb.name).join(' ')}" ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${verbs.map((verb) => verb.name).join(' ')}"
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _millpond millpond
`;
}

function zsh(verbs: readonly Verb[]): string {
  const names = verbs.map((verb) => `    '${verb.name}:${quoted(verb.summary)}'`);
  const cases = verbs.map((verb) => `    ${verb.name}) compadd -- ${wordsOf(verb)} ;;`);
  return `#compdef millpond
_millpond() {
  local -a verbs
  verbs=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'verb' verbs
    return
  fi
  case "$words[2]" in
${cases.join('\n')}
  esac
}
compdef _millpond millpond
`;
}

function fish(verbs: readonly Verb[]): string {
  return verbs
    .flatMap((verb) => [
      `complete -c millpond -f -n __fish_use_subcommand -a ${verb.name} -d '${quoted(verb.summary)}'`,
      ...verb.verbs.map(
        (inner) =>
          `complete -c millpond -f -n '__fish_seen_subcommand_from ${verb.name}' -a ${inner}`,
      ),
      ...verb.options.map(
        (option) =>
          `complete -c millpond -f -n '__fish_seen_subcommand_from ${verb.name}' -l ${option.slice(2)}`,
      ),
    ])
    .join('\n')
    .concat('\n');
}

function wordsOf({ verbs, options }: Verb): string {
  return [...verbs, ...options].join(' ');
}

function quoted(text: string): string {
  return text.replaceAll("'", "'\\''");
}
