/** A variable that a text asks for and nobody has set. */
export interface Trouble {
  /** Where in the text it begins. */
  readonly offset: number;
  readonly message: string;
  /** Its name; absent where it is no variable at all. */
  readonly variable?: string;
}

export interface Expanded {
  readonly text: string;
  readonly isChanged: boolean;
  readonly troubles: readonly Trouble[];
}

const pattern =
  /\$\$\{|\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?<standIn>:-(?<fallback>[^}]*))?\}|\$\{/g;

/**
 * Fills in `${NAME}` and `${NAME:-default}`; `$${` stands for the two characters `${`. What is filled in
 * is not looked at again. A variable that is empty counts as not set.
 */
export function expandVariables(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Expanded {
  const troubles: Trouble[] = [];
  let isChanged = false;
  const expanded = text.replaceAll(pattern, (match: string, ...rest: readonly unknown[]) => {
    isChanged = true;
    if (match === '$${') return '${';
    const { name, standIn, fallback } = groupsOf(rest);
    const offset = offsetOf(rest);
    if (name === undefined) {
      troubles.push({ offset, message: notAVariable });
      return '';
    }
    const value = env[name] ?? '';
    if (value !== '') return value;
    if (standIn !== undefined) return fallback ?? '';
    troubles.push({ offset, variable: name, message: `The variable ${name} is not set` });
    return '';
  });
  return { text: expanded, isChanged, troubles };
}

const notAVariable =
  '“${” begins a variable: write ${NAME} or ${NAME:-default}, or $${ for the characters themselves';

type Groups = Readonly<Partial<Record<'name' | 'standIn' | 'fallback', string>>>;

/** `replaceAll` hands the named groups over last. */
function groupsOf(rest: readonly unknown[]): Groups {
  const groups = rest.at(-1);
  return typeof groups === 'object' && groups !== null ? groups : {};
}

function offsetOf(rest: readonly unknown[]): number {
  const offset = rest.find((each) => typeof each === 'number');
  return offset ?? 0;
}
