import type { GrammarBuilder } from './gbnf.ts';

/**
 * White space between the parts of a document: nothing, one space, or one line break with its
 * indentation. More would let a model write blanks for ever.
 */
export function space(builder: GrammarBuilder): string {
  return builder.rule('space', String.raw`| " " | "\n" [ \t]{0,20}`);
}

/** One character inside a JSON string. No lone surrogates: they are no text in most languages. */
export function stringCharacter(builder: GrammarBuilder): string {
  const escape = builder.rule(
    'escape',
    String.raw`"\\" ( ["\\/bfnrt] | "u" ( [0-9A-CEFa-cef] [0-9A-Fa-f]{3} | [Dd] [0-7] [0-9A-Fa-f]{2} ) )`,
  );
  return builder.rule('char', String.raw`[^"\\\x00-\x1F] | ${escape}`);
}

export function anyString(builder: GrammarBuilder): string {
  return builder.rule('string', String.raw`"\"" ${stringCharacter(builder)}* "\""`);
}

export function anyInteger(builder: GrammarBuilder): string {
  return builder.rule('integer', '"-"? ( "0" | [1-9] [0-9]{0,14} )');
}

/** Digits are limited so that no number overflows or is written for ever. */
export function anyNumber(builder: GrammarBuilder): string {
  return builder.rule(
    'number',
    '"-"? ( "0" | [1-9] [0-9]{0,14} ) ( "." [0-9]{1,15} )? ( [eE] [+-]? [0-9]{1,2} )?',
  );
}

export function anyBoolean(builder: GrammarBuilder): string {
  return builder.rule('boolean', '"true" | "false"');
}

export function anyObject(builder: GrammarBuilder): string {
  return anyRules(builder).object;
}

export function anyArray(builder: GrammarBuilder): string {
  return anyRules(builder).array;
}

export function anyValue(builder: GrammarBuilder): string {
  return anyRules(builder).value;
}

interface AnyRules {
  readonly value: string;
  readonly object: string;
  readonly array: string;
}

/** The three rules need each other, so they are named once per grammar before they are written. */
const rulesOf = new WeakMap<GrammarBuilder, AnyRules>();

function anyRules(builder: GrammarBuilder): AnyRules {
  const known = rulesOf.get(builder);
  if (known !== undefined) return known;
  const value = builder.declare('value');
  const object = builder.declare('object');
  const array = builder.declare('array');
  const rules: AnyRules = { value, object, array };
  rulesOf.set(builder, rules);
  const gap = space(builder);
  const string = anyString(builder);
  builder.define(
    value,
    `${object} | ${array} | ${string} | ${anyNumber(builder)} | ${anyBoolean(builder)} | "null"`,
  );
  const pair = builder.rule('pair', `${string} ":" ${gap} ${value}`);
  const commaPair = `( ${gap} "," ${gap} ${pair} )*`;
  builder.define(object, `"{" ${gap} ( ${pair} ${commaPair} )? ${gap} "}"`);
  builder.define(array, `"[" ${gap} ( ${value} ( ${gap} "," ${gap} ${value} )* )? ${gap} "]"`);
  return rules;
}
