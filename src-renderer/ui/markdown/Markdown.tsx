import { memo, useMemo } from 'react';
import ReactMarkdown from 'react-markdown';
import type { Components, ExtraProps, Options } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import { AnswerCode } from './AnswerCode.tsx';
import { markdownBlocks } from './blocks.ts';
import { Formula } from './Formula.tsx';
import { firstHeadingDepth, headingTag } from './headings.ts';
import styles from './Markdown.module.css';
import { withMathDelimiters } from './math-delimiters.ts';
import { PictureLink } from './PictureLink.tsx';
import { SafeLink } from './SafeLink.tsx';
import { TaskMark } from './TaskMark.tsx';

export interface MarkdownProps {
  readonly text: string;
  /**
   * The address of the page that the text was taken from, such as a model's card. Its relative links
   * lead there, and its layout (HTML, pictures) is left out. Without one it is an answer.
   */
  readonly page?: string;
}

/**
 * What a stranger or a model wrote, rendered. HTML never takes effect, formulas cannot reach outside,
 * links name their address and nothing is fetched.
 */
export const Markdown = memo(function Markdown({ text, page }: MarkdownProps) {
  const blocks = useMemo(() => markdownBlocks(text), [text]);
  const topDepth = firstHeadingDepth(blocks);
  return (
    <div className={styles['text']}>
      {blocks.map((block, index) => (
        // A block never moves: text only grows behind it.
        <Block key={index} text={block} topDepth={topDepth} {...(page !== undefined && { page })} />
      ))}
    </div>
  );
});

interface BlockProps extends MarkdownProps {
  readonly topDepth: number;
}

const Block = memo(function Block({ text, page, topDepth }: BlockProps) {
  return (
    <ReactMarkdown
      remarkPlugins={remarkPlugins}
      components={componentsBelow(topDepth, page)}
      skipHtml={page !== undefined}
      urlTransform={keepAddress}
    >
      {withMathDelimiters(text)}
    </ReactMarkdown>
  );
});

const remarkPlugins: Options['remarkPlugins'] = [
  remarkGfm,
  [remarkMath, { singleDollarTextMath: false }],
];

/** The link and picture components decide; they show an address even where they refuse it. */
function keepAddress(address: string): string {
  return address;
}

type HtmlElement = NonNullable<ExtraProps['node']>;

const components: Components = {
  a: ({ href, children }) => <SafeLink address={href ?? ''}>{children}</SafeLink>,
  img: ({ src, alt }) => (
    <PictureLink address={typeof src === 'string' ? src : ''} description={alt ?? ''} />
  ),
  code: ({ node, className, children }) =>
    node !== undefined && hasClass(node, 'math-inline') ? (
      <Formula source={textIn(node)} isDisplay={false} />
    ) : (
      <code className={className}>{children}</code>
    ),
  pre: ({ node, children }) => {
    const code = node?.children[0];
    if (code?.type !== 'element' || code.tagName !== 'code') return <pre>{children}</pre>;
    if (hasClass(code, 'math-display')) {
      return (
        <div className={styles['display']}>
          <Formula source={textIn(code)} isDisplay />
        </div>
      );
    }
    return <AnswerCode code={textIn(code).replace(/\n$/, '')} language={languageOf(code)} />;
  },
  input: ({ checked }) => <TaskMark isDone={checked === true} />,
  table: ({ children }) => (
    <div className={styles['tableBox']}>
      <table>{children}</table>
    </div>
  ),
};

/** The parts of a text from a page: its links know where they are from, pictures are their words. */
function componentsOf(page: string): Components {
  return {
    ...components,
    a: ({ node, href, children }) =>
      isOnlyPictures(node) ? null : (
        <SafeLink address={href ?? ''} page={page}>
          {children}
        </SafeLink>
      ),
    p: ({ node, children }) => (isOnlyPictures(node) ? null : <p>{children}</p>),
    img: ({ alt }) => alt,
  };
}

/** A badge or a banner: pictures, perhaps in links, without words around them. */
function isOnlyPictures(element: HtmlElement | undefined): boolean {
  return (
    element?.children.every((child) => {
      if (child.type === 'text') return child.value.trim() === '';
      if (child.type !== 'element') return false;
      return child.tagName === 'img' || (child.tagName === 'a' && isOnlyPictures(child));
    }) === true
  );
}

/** Parts must stay the same objects from one rendering to the next. */
const made = new Map<string, Components>();

/** The same parts with headings whose first one stands right below that of the turn or section. */
function componentsBelow(topDepth: number, page: string | undefined): Components {
  const name = `${String(topDepth)} ${page ?? ''}`;
  const known = made.get(name);
  if (known !== undefined) return known;
  const heading = (depth: number): NonNullable<Components['h1']> => {
    const Tag = headingTag(depth, topDepth);
    return ({ children }) => <Tag>{children}</Tag>;
  };
  const parts: Components = {
    ...(page === undefined ? components : componentsOf(page)),
    ...{ h1: heading(1), h2: heading(2), h3: heading(3), h4: heading(4), h5: heading(5) },
    h6: heading(6),
  };
  made.set(name, parts);
  return parts;
}

function textIn(element: HtmlElement): string {
  return element.children
    .map((child) =>
      child.type === 'text' ? child.value : child.type === 'element' ? textIn(child) : '',
    )
    .join('');
}

function classesOf(element: HtmlElement): readonly string[] {
  const className = element.properties.className;
  return Array.isArray(className) ? className.filter((name) => typeof name === 'string') : [];
}

function hasClass(element: HtmlElement, name: string): boolean {
  return classesOf(element).includes(name);
}

function languageOf(code: HtmlElement): string {
  const name = classesOf(code).find((candidate) => candidate.startsWith('language-'));
  return name?.slice('language-'.length).toLowerCase() ?? '';
}
