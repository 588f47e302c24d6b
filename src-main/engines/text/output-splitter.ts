import { findFirstMarker, heldLength } from './marker-search.ts';
import type { ReasoningTags } from './reasoning-tags.ts';
import { StopScanner } from './stop-scanner.ts';
import { TokenLedger } from './token-ledger.ts';
import { type BlockPart, ToolBlockReader } from './tool-block-reader.ts';
import { type ToolFormat, type ToolSyntax, toolSyntaxes } from './tool-formats.ts';

/**
 * One piece of what the model wrote. `tokens` are the ids behind it: over all events each
 * generated id comes exactly once and in order (ids of tags travel with the next piece).
 */
export type SplitEvent =
  | { type: 'text' | 'reasoning'; text: string; tokens: number[] }
  | {
      type: 'tool-call';
      index: number;
      /** With the first piece of a call only, like `name`. */
      id?: string;
      name?: string;
      argumentsDelta: string;
      tokens: number[];
    }
  /** A stop string was reached: nothing comes after this event. */
  | { type: 'stop'; sequence: string };

export interface SplitterOptions {
  /** Undefined when the answer cannot hold calls: no tools were offered, or it is bound to JSON. */
  readonly toolFormat: ToolFormat | undefined;
  /** Undefined for models that do not think aloud. */
  readonly reasoning: ReasoningTags | undefined;
  /** The prompt already opened the thought, so that the model writes only its end. */
  readonly startsInReasoning: boolean;
  /** The answer is bound to be calls: nothing undecided in it can be text. */
  readonly mustCall: boolean;
  /** End the answer. Looked for in the text only, never in thoughts or calls. */
  readonly stop: readonly string[];
  readonly newToolCallId: () => string;
}

type Channel = 'text' | 'reasoning' | 'tool-call';

/**
 * Sorts generated text into answer, thought and tool calls while it is generated. What comes out
 * does not depend on where the text is cut; no part of a tag or of a stop string is ever let out.
 */
export class OutputSplitter {
  private readonly options: SplitterOptions;
  private readonly syntax: ToolSyntax | undefined;
  private readonly textMarkers: readonly string[];
  private readonly thoughtMarkers: readonly string[];
  private readonly stops: StopScanner;
  private readonly ledger = new TokenLedger();
  private current: Channel = 'text';
  /** Text that was fed and not yet decided on; it ends at position `fed` of the whole output. */
  private pending = '';
  private fed = 0;
  /** Newlines right behind a tag belong to it; this many are still dropped. */
  private newlinesToDrop = 0;
  /** The answer has shown something other than white space, so no bare call can begin any more. */
  private hasText = false;
  private block: ToolBlockReader | undefined;
  /** What the block has read and not settled: it becomes text again if the block breaks. */
  private blockText = '';
  /** Length of the opener at the start of `blockText`, so that it isn't taken for one again. */
  private openerLength = 0;
  private callCount = 0;
  private isStopped = false;
  private events: SplitEvent[] = [];

  constructor(options: SplitterOptions) {
    const { reasoning, toolFormat } = options;
    this.options = options;
    this.syntax = toolFormat === undefined ? undefined : toolSyntaxes[toolFormat];
    this.thoughtMarkers = reasoning === undefined ? [] : [reasoning.open, reasoning.close];
    const opener = this.syntax?.opener;
    this.textMarkers =
      opener === undefined ? this.thoughtMarkers : [...this.thoughtMarkers, opener];
    this.stops = new StopScanner(options.stop);
    if (options.startsInReasoning && reasoning !== undefined) {
      this.current = 'reasoning';
      this.newlinesToDrop = 1;
    }
  }

  get channel(): Channel {
    return this.current;
  }

  /** Calls that were announced so far. */
  get toolCallCount(): number {
    return this.callCount;
  }

  /** Whether text was fed that no event has delivered yet and that may still be delivered. */
  get isHolding(): boolean {
    return this.pending !== '' || this.blockText !== '' || this.stops.heldLength > 0;
  }

  /** Takes more text and the ids that wrote it (ids without text too); returns what is certain now. */
  feed(text: string, tokens: readonly number[]): SplitEvent[] {
    if (this.isStopped) return [];
    this.ledger.add(tokens, this.fed);
    this.pending += text;
    this.fed += text.length;
    while (this.advance());
    return this.takeEvents();
  }

  /**
   * Nothing more will be fed: delivers what was held back, and the ids that no piece has carried
   * yet. What may be the beginning of a tag is text when the model `ended`; when a limit `cut` the
   * answer it stays hidden, as the tag would have been, and a continuation decides about it.
   */
  flush(how: 'ended' | 'cut'): SplitEvent[] {
    if (how === 'cut') this.dropUndecided();
    while (this.flushStep());
    if (this.isStopped) return this.takeEvents();
    this.deliver(this.stops.release());
    const type = this.current === 'reasoning' ? 'reasoning' : 'text';
    const tokens = this.ledger.takeAll();
    if (tokens.length > 0) this.append(type, '', tokens);
    return this.takeEvents();
  }

  private dropUndecided(): void {
    if (this.isStopped) return;
    if (this.block === undefined) {
      const markers = this.current === 'text' ? this.textMarkers : this.thoughtMarkers;
      this.pending = this.pending.slice(0, this.pending.length - heldLength(this.pending, markers));
    } else if (!this.block.isBare || this.options.mustCall || this.callCount > 0) {
      // A bare value may as well be an answer in JSON; behind a tag or a call it is a call.
      this.blockText = '';
      this.openerLength = 0;
    }
  }

  private flushStep(): boolean {
    while (this.advance());
    if (this.isStopped) return false;
    if (this.block !== undefined) {
      if (this.block.isCommitted) this.blockText = '';
      this.leaveBlock(this.blockText);
      return true;
    }
    this.release(this.pending.length);
    return false;
  }

  /** Decides on the next stretch of pending text; false when it takes more text to decide. */
  private advance(): boolean {
    if (this.isStopped) return false;
    while (this.newlinesToDrop > 0 && this.pending !== '') {
      const isNewline = this.pending.startsWith('\n');
      if (isNewline) this.skip(1);
      this.newlinesToDrop = isNewline ? this.newlinesToDrop - 1 : 0;
    }
    if (this.pending === '') return false;
    if (this.block !== undefined) return this.readBlock(this.block);
    if (this.entersBareBlock()) return true;
    const markers = this.current === 'text' ? this.textMarkers : this.thoughtMarkers;
    const found = findFirstMarker(this.pending, markers);
    if (found === undefined) {
      this.release(this.pending.length - this.heldTail(markers));
      return false;
    }
    const newlines = this.pending.charAt(found.index - 1) === '\n' ? 1 : 0;
    if (this.release(found.index - newlines)) this.passMarker(found.marker, newlines);
    return true;
  }

  /** How much of the end of `pending` may still turn out to be, or to belong to, a marker. */
  private heldTail(markers: readonly string[]): number {
    if (this.canStartBare && this.pending.trim() === '') return this.pending.length;
    if (markers.length === 0) return 0;
    const length = heldLength(this.pending, markers);
    return this.pending.charAt(this.pending.length - length - 1) === '\n' ? length + 1 : length;
  }

  private passMarker(marker: string, newlinesBefore: number): void {
    const length = newlinesBefore + marker.length;
    if (marker === this.syntax?.opener) {
      this.enterBlock(this.syntax, length, false);
      return;
    }
    const isOpen = marker === this.options.reasoning?.open;
    this.enter(isOpen ? 'reasoning' : 'text');
    this.skip(length);
    this.newlinesToDrop = isOpen ? 1 : 2;
  }

  private enter(channel: Channel): void {
    // What looked like the start of a stop string is text once something else follows.
    if (channel !== this.current && this.current === 'text') this.deliver(this.stops.release());
    this.current = channel;
  }

  private get canStartBare(): boolean {
    return this.current === 'text' && !this.hasText && this.syntax?.isBareAtStart === true;
  }

  private entersBareBlock(): boolean {
    if (!this.canStartBare || this.syntax === undefined) return false;
    const content = this.pending.trimStart();
    if (!content.startsWith('{') && !content.startsWith('[')) return false;
    this.enterBlock(this.syntax, 0, true);
    return true;
  }

  private enterBlock(syntax: ToolSyntax, openerLength: number, isBare: boolean): void {
    this.blockText = this.pending.slice(0, openerLength);
    this.openerLength = openerLength;
    this.enter('tool-call');
    this.skip(openerLength);
    this.block = new ToolBlockReader(syntax, { isBare });
  }

  private readBlock(block: ToolBlockReader): boolean {
    const stretch = this.pending;
    const start = this.fed - stretch.length;
    const read = block.read(stretch);
    for (const part of read.parts) this.appendCall(part, start + part.end);
    this.skip(read.consumed);
    if (read.settled > 0) {
      this.blockText = '';
      this.openerLength = 0;
    }
    this.blockText += stretch.slice(read.settled, read.consumed);
    if (read.state !== 'open') this.leaveBlock(read.state === 'broken' ? this.blockText : '');
    return read.state !== 'open';
  }

  /** Goes back to text; `leftover` was no call after all and is read again, without its opener. */
  private leaveBlock(leftover: string): void {
    const { openerLength } = this;
    this.block = undefined;
    this.blockText = '';
    this.openerLength = 0;
    this.current = 'text';
    this.newlinesToDrop = leftover === '' ? 2 : 0;
    this.hasText = true;
    this.pending = leftover + this.pending;
    this.release(Math.min(openerLength, leftover.length));
  }

  private skip(length: number): void {
    this.pending = this.pending.slice(length);
  }

  /** The first `length` characters of `pending` are text or thought for certain. False at a stop. */
  private release(length: number): boolean {
    if (length <= 0) return true;
    const text = this.pending.slice(0, length);
    this.skip(length);
    if (this.current !== 'text') {
      this.append('reasoning', text, this.ledger.takeBefore(this.fed - this.pending.length));
      return true;
    }
    if (text.trim() !== '') this.hasText = true;
    const scan = this.stops.push(text);
    this.deliver(scan.text);
    if (scan.stop === undefined) return true;
    this.append('text', '', this.ledger.takeAll());
    this.events.push({ type: 'stop', sequence: scan.stop });
    this.isStopped = true;
    this.pending = '';
    return false;
  }

  /** Hands out text that has passed the stop scanner. */
  private deliver(text: string): void {
    if (text === '') return;
    const end = this.fed - this.pending.length - this.stops.heldLength;
    this.append('text', text, this.ledger.takeBefore(end));
  }

  private append(type: 'text' | 'reasoning', text: string, tokens: readonly number[]): void {
    if (text === '' && tokens.length === 0) return;
    const last = this.events.at(-1);
    if (last?.type === type) {
      last.text += text;
      last.tokens.push(...tokens);
    } else {
      this.events.push({ type, text, tokens: [...tokens] });
    }
  }

  private appendCall(part: BlockPart, end: number): void {
    const tokens = this.ledger.takeBefore(end);
    const last = this.events.at(-1);
    if (part.type === 'begin') {
      const id = this.options.newToolCallId();
      const index = this.callCount++;
      this.events.push({
        type: 'tool-call',
        index,
        id,
        name: part.name,
        argumentsDelta: '',
        tokens,
      });
    } else if (last?.type === 'tool-call') {
      last.argumentsDelta += part.text;
      last.tokens.push(...tokens);
    } else {
      const index = this.callCount - 1;
      this.events.push({ type: 'tool-call', index, argumentsDelta: part.text, tokens });
    }
  }

  private takeEvents(): SplitEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }
}
