import { memo, useMemo } from 'react';
import ReactMarkdown from 'react-markdown';
import type { Components, ExtraProps, Options } from 'react-markdown';
import rehypeKatex from 'rehype-katex';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import { AnswerCode } from './AnswerCode.tsx';
import { markdownBlocks } from './blocks.ts';
import styles from './Markdown.module.css';
import { withMathDelimiters } from './math-delimiters.ts';
import { PictureLink } from './PictureLink.tsx';
import { SafeLink } from './SafeLink.tsx';
import 'katex/dist/katex.min.css';

export interface MarkdownProps {
  readonly text: string;
}

/**
 * What a model wrote, rendered. HTML in it stays text, formulas cannot reach outside, links name
 * their address and nothing is fetched.
 */
export const Markdown = memo(function Markdown({ text }: MarkdownProps) {
  const blocks = useMemo(() => markdownBlocks(text), [text]);
  return (
    <div className={styles['text']}>
      {blocks.map((block, index) => (
        // A block never moves: text only grows behind it.
        <Block key={index} text={block} />
      ))}
    </div>
  );
});

const Block = memo(function Block({ text }: MarkdownProps) {
  return (
    <ReactMarkdown
      remarkPlugins={remarkPlugins}
      rehypePlugins={rehypePlugins}
      components={components}
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
const rehypePlugins: Options['rehypePlugins'] = [
  [rehypeKatex, { trust: false, strict: 'ignore', maxSize: 20, maxExpand: 200 }],
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
  pre: ({ node, children }) => {
    const code = node?.children[0];
    if (code?.type !== 'element' || code.tagName !== 'code') return <pre>{children}</pre>;
    return <AnswerCode code={textIn(code).replace(/\n$/, '')} language={languageOf(code)} />;
  },
  table: ({ children }) => (
    <div className={styles['tableBox']}>
      <table>{children}</table>
    </div>
  ),
};

function textIn(element: HtmlElement): string {
  return element.children
    .map((child) =>
      child.type === 'text' ? child.value : child.type === 'element' ? textIn(child) : '',
    )
    .join('');
}

function languageOf(code: HtmlElement): string {
  const className = code.properties['className'];
  const names = Array.isArray(className) ? className : [];
  for (const name of names) {
    if (typeof name === 'string' && name.startsWith('language-')) {
      return name.slice('language-'.length).toLowerCase();
    }
  }
  return '';
}
