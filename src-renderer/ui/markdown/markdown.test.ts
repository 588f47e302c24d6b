import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import ReactMarkdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import { describe, expect, test } from 'vitest';
import { markdownBlocks } from './blocks.ts';
import { withMathDelimiters } from './math-delimiters.ts';

function html(markdown: string): string {
  return renderToStaticMarkup(
    createElement(
      ReactMarkdown,
      { remarkPlugins: [remarkGfm, [remarkMath, { singleDollarTextMath: false }]] },
      markdown,
    ),
  ).replaceAll(/>\s+</g, '><');
}

const samples: Readonly<Record<string, string>> = {
  prose: 'One.\n\nTwo with **bold**\nover two lines.\n\n\nThree.',
  fence: 'Look:\n\n```python\nx = 1\n\ny = 2\n```\n\nDone.',
  longFence: '````md\n```\ninner\n\n```\n````\n\nafter',
  tilde: '~~~\n\n```\n\n~~~\n\nafter',
  openFence: 'Look:\n\n```js\nconst a = 1;\n\nconst b',
  tightList: '- a\n- b\n\nafter',
  looseList: '1. one\n\n   more of one\n\n2. two\n\n```\ncode\n```',
  codeInList: '- step\n\n  ```sh\n  ls\n\n  pwd\n  ```\n\n- next',
  table: 'Before\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\nAfter',
  quote: '> one\n>\n> two\n\nafter',
  math: 'So\n\n$$\na\n\n+ b\n$$\n\nend',
  references: 'See [the page][p].\n\nMore.\n\n[p]: https://example.org',
  heading: '# A\n\ntext\n\n## B\n\n---\n\nend',
  inlineTicks: '``` not a fence ```\n\nafter',
};

describe('markdown blocks', () => {
  test.each(Object.entries(samples))('%s renders in blocks as it does whole', (_name, text) => {
    expect(markdownBlocks(text).map(html).join('')).toBe(html(text));
  });

  test.each(Object.entries(samples))(
    '%s keeps its finished blocks while it grows',
    (_name, text) => {
      if (text.includes('[p]:')) return;
      const whole = markdownBlocks(text);
      for (let end = 1; end < text.length; end += 1) {
        const early = markdownBlocks(text.slice(0, end));
        // All but the last two are final: a list's next item may still join the one before it.
        for (const [index, block] of early.slice(0, -2).entries()) expect(whole[index]).toBe(block);
      }
    },
  );

  test('cuts a long answer into more than one block', () => {
    expect(markdownBlocks('a\n\nb\n\nc')).toEqual(['a', 'b', 'c']);
  });
});

describe('formula delimiters', () => {
  test.each([
    ['inline parentheses', 'so \\(a+b\\) holds', 'so $$a+b$$ holds'],
    ['a hugging dollar', 'so $x^2$ holds', 'so $$x^2$$ holds'],
    ['money stays money', 'from $5 to $10', 'from $5 to $10'],
    ['money twice', '$5/$10 a piece', '$5/$10 a piece'],
    ['an escaped dollar', 'costs \\$5 or $y$', 'costs \\$5 or $$y$$'],
    ['inline code', 'run `echo $HOME$X`', 'run `echo $HOME$X`'],
    ['fenced code', '```sh\necho $a $b$\n```\n$x$', '```sh\necho $a $b$\n```\n$$x$$'],
    ['an open fence', '```sh\necho $a$', '```sh\necho $a$'],
    ['display brackets', 'so\n\n\\[ a = b \\]\n\nend', 'so\n\n$$\na = b\n$$\n\nend'],
    ['display on one line', '$$ a = b $$', '$$\na = b\n$$'],
    ['display in a list', '1. so\n   $$a$$', '1. so\n   $$\n   a\n   $$'],
    ['display inside a sentence', 'we get $$a$$ here', 'we get $$a$$ here'],
  ])('%s', (_name, text, expected) => {
    expect(withMathDelimiters(text)).toBe(expected);
  });
});
