import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { Markdown } from './Markdown.tsx';
import { safeAddress } from './safe-address.ts';

function rendered(text: string): string {
  return renderToStaticMarkup(createElement(Markdown, { text }));
}

describe('what a model writes', () => {
  test('HTML stays text', () => {
    const html = rendered('<script>alert(1)</script>\n\nso <b onclick="x()">bold</b>');
    expect(html).not.toMatch(/<script|<b[ >]/);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  test('pictures are not fetched, only named with a link', () => {
    const html = rendered('![the plan](https://example.org/p.png?chat=secret)');
    expect(html).not.toContain('<img');
    expect(html).toContain('the plan');
    expect(html).toContain('href="https://example.org/p.png?chat=secret"');
  });

  test('links open outside and tell the other side nothing', () => {
    const html = rendered('[docs](https://example.org/a)');
    expect(html).toContain('target="_blank"');
    expect(html).toContain('rel="noopener noreferrer nofollow"');
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '/settings', '#top'])(
    'a link to %s is only text',
    (address) => {
      expect(safeAddress(address)).toBeUndefined();
      expect(rendered(`[here](${address})`)).not.toContain('<a ');
    },
  );

  test('tables, lists and code survive', () => {
    const html = rendered(
      '| a | b |\n|--|--|\n| 1 | 2 |\n\n- [x] done\n\n```ts\nconst a = 1;\n```',
    );
    expect(html).toContain('<table>');
    expect(html).toContain('role="img"');
    expect(html).toMatch(/const.*a/);
  });

  test('its titles stand below the heading of the turn', () => {
    expect(rendered('# Title')).toContain('<h3>Title</h3>');
  });
});

describe('a card from a page', () => {
  const page = 'https://hub.example/org/model';
  const card = (text: string) => renderToStaticMarkup(createElement(Markdown, { text, page }));

  test('leaves its HTML out and keeps the words between', () => {
    const html = card('<div align="center"><img src="x.png"></div>\n\nSmall <b>and</b> quick');
    expect(html).toContain('Small and quick');
    expect(html).not.toMatch(/<img|<b>|&lt;|x\.png/);
  });

  test('shows the words of a picture and no address that could be fetched', () => {
    const html = card('Better than all: ![benchmarks](./assets/chart.png)');
    expect(html).toContain('benchmarks');
    expect(html).not.toMatch(/<img|chart\.png/);
  });

  test('leaves badges and banners out', () => {
    const badge = '[![CI](https://ci.example/b.svg)](https://ci.example)';
    expect(card(badge)).not.toContain('<a ');
    expect(card(`![banner](https://hub.example/banner.png)\n${badge}`)).not.toMatch(/banner|CI/);
  });

  test('its relative links lead to its page, never into this window', () => {
    expect(card('[licence](/org/model/blob/main/LICENSE)')).toContain(
      'href="https://hub.example/org/model/blob/main/LICENSE"',
    );
    expect(card('[run](javascript:alert(1))')).not.toContain('<a ');
  });
});
