import { describe, expect, test } from 'vitest';
import { excerpt, indexText, parseSearch } from './search.ts';

describe('the index text', () => {
  test('has Chinese as pairs with the last character, and other words as they are', () => {
    expect(indexText('用GPU看天气吧 ok').replaceAll(/ +/g, ' ')).toBe(
      ' 用 GPU 看天 天气 气吧 吧 ok',
    );
  });

  test('folds full width characters', () => {
    expect(indexText('ＧＰＵ')).toBe('GPU');
  });
});

describe('a search', () => {
  test('is taken apart into words, runs and an unfinished end', () => {
    expect(parseSearch('foo-bar 天气好 wor').terms).toEqual([
      { tokens: ['foo'], isPrefix: false },
      { tokens: ['bar'], isPrefix: false },
      { tokens: ['天气', '气好'], isPrefix: false },
      { tokens: ['wor'], isPrefix: true },
    ]);
  });

  test('of a single character takes it for a beginning', () => {
    expect(parseSearch('天 x').terms).toEqual([
      { tokens: ['天'], isPrefix: true },
      { tokens: ['x'], isPrefix: true },
    ]);
  });
});

describe('an excerpt', () => {
  const mark = (text: string, query: string): string | undefined =>
    excerpt(text, parseSearch(query).pattern)?.replaceAll('\uE000', '[').replaceAll('\uE001', ']');

  test('marks every match and cuts what is far away', () => {
    const text = `${'before '.repeat(20)}the Mill grinds, the mill rests ${'after '.repeat(40)}`;
    const marked = mark(text, 'mill');
    expect(marked).toContain('the [Mill] grinds, the [mill] rests');
    expect(marked).toMatch(/^….*…$/);
    expect(marked?.length).toBeLessThan(170);
  });

  test('marks Chinese, accents and full width', () => {
    expect(mark('今天天气好', '天气')).toBe('今天[天气]好');
    expect(mark('Un Café noir', 'cafe noir')).toBe('Un [Café] [noir]');
    expect(mark('用ＧＰＵ跑', 'gpu')).toBe('用[ＧＰＵ]跑');
  });

  test('marks whole words only, except at the end of the query', () => {
    expect(mark('cart art arts', 'art x')).toBe('cart [art] arts');
    expect(mark('cart art arts', 'art')).toBe('cart [art] [art]s');
  });

  test('keeps characters outside the basic plane whole, and drops marks that were in the text', () => {
    expect(mark(`${'😀'.repeat(60)}mill`, 'mill')).toMatch(/^…😀+\[mill\]$/u);
    expect(mark('a\uE000mill\uE001', 'mill')).toBe('a [mill]');
  });

  test('is absent when nothing matches', () => {
    expect(mark('nothing', 'mill')).toBeUndefined();
    expect(mark('nothing', '?')).toBeUndefined();
  });
});
