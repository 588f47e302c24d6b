import { common, createLowlight } from 'lowlight';

/** A run of code in one colour; `kind` is undefined for plain text. */
export interface CodeRun {
  readonly text: string;
  readonly kind: CodeKind | undefined;
}

/** The six colours of code. */
export type CodeKind = 'comment' | 'keyword' | 'literal' | 'name' | 'string' | 'type';

const lowlight = createLowlight(common);

/** Above this, colours cost more time than they are worth; the code is shown plain. */
const maxCharacters = 60_000;

type Node = ReturnType<typeof lowlight.highlight>['children'][number];

/** Colours code of a known language; undefined when the language is unknown or the code too long. */
export function highlightCode(code: string, language: string): readonly CodeRun[] | undefined {
  if (code.length > maxCharacters || !lowlight.registered(language)) return undefined;
  return runsOf(lowlight.highlight(language, code).children, undefined);
}

function runsOf(nodes: readonly Node[], inherited: CodeKind | undefined): readonly CodeRun[] {
  return nodes.flatMap((node): readonly CodeRun[] => {
    if (node.type === 'text') return [{ text: node.value, kind: inherited }];
    if (node.type !== 'element') return [];
    return runsOf(node.children, kindOf(node.properties.className) ?? inherited);
  });
}

function kindOf(className: unknown): CodeKind | undefined {
  if (!Array.isArray(className)) return undefined;
  for (const name of className) {
    const kind = typeof name === 'string' ? kinds[name] : undefined;
    if (kind !== undefined) return kind;
  }
  return undefined;
}

const kinds: Readonly<Record<string, CodeKind>> = {
  'hljs-comment': 'comment',
  'hljs-quote': 'comment',
  'hljs-meta': 'comment',
  'hljs-keyword': 'keyword',
  'hljs-selector-tag': 'keyword',
  'hljs-tag': 'keyword',
  'hljs-operator': 'keyword',
  'hljs-deletion': 'keyword',
  'hljs-number': 'literal',
  'hljs-literal': 'literal',
  'hljs-symbol': 'literal',
  'hljs-bullet': 'literal',
  'hljs-variable': 'literal',
  'hljs-template-variable': 'literal',
  'hljs-title': 'name',
  'hljs-section': 'name',
  'hljs-name': 'name',
  'hljs-selector-id': 'name',
  'hljs-selector-class': 'name',
  'hljs-string': 'string',
  'hljs-regexp': 'string',
  'hljs-addition': 'string',
  'hljs-link': 'string',
  'hljs-type': 'type',
  'hljs-built_in': 'type',
  'hljs-attr': 'type',
  'hljs-attribute': 'type',
};
