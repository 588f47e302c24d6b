import type {
  CanonicalInput,
  ChatInput,
  ChatMessage,
  CompletionInput,
  ContentPart,
} from './inference.ts';

/** What a prompt's prefix is shared within: one model, one tenant. */
export interface MarkSeed {
  /** SHA-256 of the weights, or the model's id where nobody knows it. */
  readonly digest: string;
  /** The envelope's tenant: nobody learns from routing what somebody else has asked. */
  readonly tenant: string;
}

/** Part of every seed, so that machines of two versions agree on nothing instead of on nonsense. */
const markVersion = 1;
/** A long message gets a mark after each piece of this many characters. */
const charsPerMark = 1024;
/** Marks kept from the beginning, and as many from the end. */
const edgeMarks = 64;
/** Marks kept between the two, at places that a longer prompt keeps as well. */
const middleMarks = 64;
/** No prompt has more marks than this. */
export const maxPromptMarks = 2 * edgeMarks + middleMarks;

/** What a template writes around a message, in characters. */
const messageFrameChars = 16;
/** What a picture stands for, in characters: about a thousand tokens. */
const pictureChars = 4096;
/** What a token stands for where the prompt comes in tokens. */
const charsPerToken = 4;
/** Characters of a picture's address that are looked at; data addresses have millions. */
const pictureSamples = 4096;

/**
 * Fingerprints of a prompt's prefixes, shortest first: one after each message and after every 1,024
 * characters inside a long one. Each covers everything before it, so two prompts that share a mark
 * share the whole beginning up to it. The same on every machine; the last one covers the whole prompt.
 * Empty for what leaves nothing to go on from (embeddings, rankings, counts).
 *
 * They are hints for choosing a machine and a slot. An engine still compares tokens itself.
 */
export function promptMarks(input: CanonicalInput, seed: MarkSeed): readonly string[] {
  if (input.task !== 'chat' && input.task !== 'completion') return [];
  const chain = new MarkChain();
  chain.word(markVersion);
  chain.field(seed.digest);
  chain.field(seed.tenant);
  if (input.task === 'chat') addChat(chain, input);
  else addCompletion(chain, input);
  return thinned(chain.marks);
}

/** Characters of the prompt that a mark covers; 0 for what is no mark. */
export function markChars(mark: string): number {
  const dot = mark.indexOf('.');
  const chars = dot < 0 ? 0 : Number.parseInt(mark.slice(dot + 1), 36);
  return chars > 0 ? chars : 0;
}

function addChat(chain: MarkChain, { tools, messages }: ChatInput): void {
  chain.field('chat');
  if (tools.length > 0) {
    const text = JSON.stringify(tools);
    chain.field(text);
    chain.chars += text.length;
  }
  for (const message of messages) {
    chain.field(message.role);
    chain.chars += messageFrameChars;
    addMessage(chain, message);
    chain.mark();
  }
}

function addMessage(chain: MarkChain, message: ChatMessage): void {
  switch (message.role) {
    case 'system':
      chain.prose(message.text);
      return;
    case 'user':
      chain.field(message.name ?? '');
      for (const part of message.content) addPart(chain, part);
      return;
    case 'assistant':
      chain.prose(message.reasoning ?? '');
      chain.prose(message.text);
      for (const call of message.toolCalls ?? []) {
        chain.field(call.id);
        chain.field(call.name);
        chain.prose(call.arguments);
      }
      return;
    case 'tool':
      chain.field(message.toolCallId);
      chain.prose(message.text);
      for (const { url } of message.images ?? []) addPicture(chain, url);
  }
}

function addPart(chain: MarkChain, part: ContentPart): void {
  chain.field(part.type);
  if (part.type === 'text') {
    chain.prose(part.text);
    return;
  }
  addPicture(chain, part.url);
}

function addPicture(chain: MarkChain, url: string): void {
  chain.sampled(url);
  chain.chars += pictureChars;
}

function addCompletion(chain: MarkChain, { prompt, suffix }: CompletionInput): void {
  chain.field('completion');
  if (typeof prompt === 'string') chain.prose(prompt);
  else chain.tokens(prompt);
  if (suffix !== undefined) {
    chain.mark();
    chain.prose(suffix);
  }
  chain.mark();
}

/**
 * At most `maxPromptMarks`: the beginning and the end whole, and between them every 2nd, 4th, 8th…
 * Those places don't depend on how the prompt goes on, so a shorter prompt has kept them too.
 */
function thinned(marks: readonly string[]): readonly string[] {
  if (marks.length <= 2 * edgeMarks) return marks;
  const tail = marks.length - edgeMarks;
  let stride = 1;
  while ((tail - edgeMarks) / stride > middleMarks) stride *= 2;
  return marks.filter((_, index) => index < edgeMarks || index >= tail || index % stride === 0);
}

/** Two independent 32-bit lanes of MurmurHash3's mixing over UTF-16 units, two units a step. */
class MarkChain {
  readonly marks: string[] = [];
  /** Characters covered so far, with what stands for frames and pictures. */
  chars = 0;
  private left = 0x2f0b_4a27;
  private right = 0x6c07_8965;

  word(value: number): void {
    this.left = mixLeft(this.left, value);
    this.right = mixRight(this.right, value);
  }

  /** Text that is hashed whole, and with its length, so that no two rows of fields look alike. */
  field(text: string): void {
    this.units(text, 0, text.length);
    this.word(text.length);
  }

  /** Text of the prompt: counted, and marked inside where it is long. */
  prose(text: string): void {
    let from = 0;
    for (; text.length - from > charsPerMark; from += charsPerMark) {
      this.units(text, from, from + charsPerMark);
      this.chars += charsPerMark;
      this.mark();
    }
    this.units(text, from, text.length);
    this.chars += text.length - from;
    this.word(text.length);
  }

  tokens(tokens: readonly number[]): void {
    const perMark = charsPerMark / charsPerToken;
    for (const [index, token] of tokens.entries()) {
      if (index > 0 && index % perMark === 0) this.mark();
      this.word(token);
      this.chars += charsPerToken;
    }
    this.word(tokens.length);
  }

  /** A long text by some of its characters, spread evenly, and its length. */
  sampled(text: string): void {
    const stride = Math.max(1, Math.floor(text.length / pictureSamples));
    for (let at = 0; at < text.length; at += stride) this.word(text.charCodeAt(at));
    this.word(text.length);
  }

  mark(): void {
    this.marks.push(`${hex(this.left)}${hex(this.right)}.${this.chars.toString(36)}`);
  }

  private units(text: string, from: number, to: number): void {
    let { left, right } = this;
    const even = to - ((to - from) % 2);
    for (let at = from; at < even; at += 2) {
      const pair = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
      left = mixLeft(left, pair);
      right = mixRight(right, pair);
    }
    this.left = left;
    this.right = right;
    if (even < to) this.word(text.charCodeAt(even));
  }
}

function mixLeft(hash: number, word: number): number {
  const spread = Math.imul(word, 0xcc9e_2d51);
  const mixed = hash ^ Math.imul((spread << 15) | (spread >>> 17), 0x1b87_3593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe654_6b64) | 0;
}

function mixRight(hash: number, word: number): number {
  const spread = Math.imul(word, 0x239b_961b);
  const mixed = hash ^ Math.imul((spread << 16) | (spread >>> 16), 0xab0e_9789);
  return (Math.imul((mixed << 17) | (mixed >>> 15), 5) + 0x561c_cd1b) | 0;
}

/** The lane as text, its bits spread so that near states look nothing alike. */
function hex(lane: number): string {
  let value = lane ^ (lane >>> 16);
  value = Math.imul(value, 0x85eb_ca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2_ae35);
  value ^= value >>> 16;
  return (value >>> 0).toString(16).padStart(8, '0');
}
