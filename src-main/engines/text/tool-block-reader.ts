import { isJsonWhitespace } from './json-value-reader.ts';
import { ToolCallReader } from './tool-call-reader.ts';
import type { ToolSyntax } from './tool-formats.ts';

/** What a stretch of a block turned out to hold. `end` counts characters from the stretch's start. */
export type BlockPart =
  | { readonly type: 'begin'; readonly name: string; readonly end: number }
  | { readonly type: 'arguments'; readonly text: string; readonly end: number };

export interface BlockRead {
  readonly parts: readonly BlockPart[];
  /** Characters that belong to the block; fewer than given when it is over. */
  readonly consumed: number;
  /** Characters that are part of a call for certain; what follows becomes text if the block breaks. */
  readonly settled: number;
  /** - `open` more may come · `closed` the block is over · `broken` the rest is not a call */
  readonly state: 'open' | 'closed' | 'broken';
}

const argumentsMarker = '[ARGS]';
const namePattern = /^[\w.-]*$/;

/** Reads the calls of one block: what follows an opener, or a bare value at the answer's start. */
export class ToolBlockReader {
  private readonly syntax: ToolSyntax;
  /** No opener stands before it, so it may turn out to be an answer in JSON. */
  readonly isBare: boolean;
  private place: 'first' | 'name' | 'call' | 'between' | 'next' | 'tail' | 'closer' = 'first';
  private isArray = false;
  private call: ToolCallReader | undefined;
  private isAnnounced = false;
  /** A name before `[ARGS]`, or the part of the closer read so far. */
  private partial = '';
  private settled = 0;

  constructor(syntax: ToolSyntax, options: { readonly isBare: boolean }) {
    this.syntax = syntax;
    this.isBare = options.isBare;
  }

  /** Whether an end of the output at this place leaves nothing over that should be shown as text. */
  get isCommitted(): boolean {
    if (this.place === 'call') return this.isAnnounced;
    return this.place !== 'first' && this.place !== 'name';
  }

  read(text: string): BlockRead {
    const parts: BlockPart[] = [];
    this.settled = 0;
    for (let index = 0; index < text.length; index++) {
      const verdict = this.push(text.charAt(index), index + 1, parts);
      if (verdict === 'more') continue;
      const consumed = verdict === 'last' ? index + 1 : index;
      const state = verdict === 'broken' ? 'broken' : 'closed';
      return { parts, consumed, settled: this.settled, state };
    }
    this.reportCall(text.length, parts);
    return { parts, consumed: text.length, settled: this.settled, state: 'open' };
  }

  private push(char: string, end: number, parts: BlockPart[]): 'more' | 'last' | 'past' | 'broken' {
    if (this.place === 'call') return this.pushCall(char, end, parts);
    if (this.place === 'name') return this.pushName(char);
    if (this.place === 'closer') return this.pushCloser(char);
    if (isJsonWhitespace(char)) return 'more';
    switch (this.place) {
      case 'first':
        if (char === '[' && !this.isArray) {
          this.isArray = true;
          return 'more';
        }
        return this.beginCall(char);
      case 'next':
        return this.beginCall(char);
      case 'between':
        return this.pushBetween(char);
      case 'tail':
        return this.beginCloser(char);
    }
  }

  private beginCall(char: string): 'more' | 'broken' {
    if (char === '{') {
      this.startCall(new ToolCallReader({ isStrict: this.isBare }));
      this.call?.push(char);
      return 'more';
    }
    if (this.isBare || this.isArray || this.syntax.closer !== undefined) return 'broken';
    this.place = 'name';
    this.partial = '';
    return this.pushName(char);
  }

  private startCall(call: ToolCallReader): void {
    this.call = call;
    this.isAnnounced = false;
    this.place = 'call';
  }

  private pushName(char: string): 'more' | 'broken' {
    this.partial += char;
    const at = this.partial.indexOf('[');
    const name = at < 0 ? this.partial : this.partial.slice(0, at);
    const marker = at < 0 ? '' : this.partial.slice(at);
    if (name === '' || !namePattern.test(name) || !argumentsMarker.startsWith(marker)) {
      return 'broken';
    }
    if (marker === argumentsMarker) this.startCall(new ToolCallReader({ isStrict: false, name }));
    return 'more';
  }

  private pushCall(char: string, end: number, parts: BlockPart[]): 'more' | 'past' | 'broken' {
    const progress = this.call?.push(char) ?? 'broken';
    if (progress === 'more') return 'more';
    this.reportCall(progress === 'done' ? end : end - 1, parts);
    if (progress === 'broken' && !this.isAnnounced) return 'broken';
    this.call = undefined;
    this.place = 'between';
    return progress === 'done' ? 'more' : 'past';
  }

  private reportCall(end: number, parts: BlockPart[]): void {
    const name = this.call?.name;
    if (this.call === undefined || name === undefined) return;
    if (!this.isAnnounced) parts.push({ type: 'begin', name, end });
    this.isAnnounced = true;
    this.settled = end;
    const text = this.call.takeArguments();
    if (text !== '') parts.push({ type: 'arguments', text, end });
  }

  private pushBetween(char: string): 'more' | 'last' | 'past' | 'broken' {
    if (this.isArray) {
      if (char === ']') {
        this.place = 'tail';
        return this.syntax.closer === undefined ? 'last' : 'more';
      }
      if (char === ',') this.place = 'next';
      return char === ',' ? 'more' : 'broken';
    }
    if (char === '{') return this.beginCall(char);
    if (char === ';') {
      this.place = 'next';
      return 'more';
    }
    return this.beginCloser(char);
  }

  private beginCloser(char: string): 'more' | 'past' {
    if (this.syntax.closer?.startsWith(char) !== true) return 'past';
    this.place = 'closer';
    this.partial = char;
    return 'more';
  }

  private pushCloser(char: string): 'more' | 'last' | 'broken' {
    this.partial += char;
    if (this.partial === this.syntax.closer) return 'last';
    return this.syntax.closer?.startsWith(this.partial) === true ? 'more' : 'broken';
  }
}
