import { MillpondError } from '../../../core/error.ts';

/** Of everything that is kept until the rest has come, in characters. */
const mostHeld = 4 * 1024 * 1024;
/** Choices of an answer, and tool calls of a choice: `n` goes no further either. */
const mostParts = 128;

/** What one answer may make us keep, however long its server goes on; beyond it is `unavailable`. */
export class AnswerLimits {
  private readonly serverName: string;
  private held = 0;

  constructor(serverName: string) {
    this.serverName = serverName;
  }

  /** To be called before this many characters more are kept. */
  hold(characters: number): void {
    this.held += characters;
    if (this.held > mostHeld) throw this.tooMuch('more of a tool call');
  }

  /** These are not kept any more. */
  release(characters: number): void {
    this.held -= characters;
  }

  /** To be called before one more is added to so many of them. */
  requireRoom(count: number, what: 'choices' | 'tool calls'): void {
    if (count >= mostParts) throw this.tooMuch(`more ${what}`);
  }

  private tooMuch(what: string): MillpondError {
    const sentence = `${this.serverName} sent ${what} than any answer holds; try again`;
    return new MillpondError('unavailable', sentence);
  }
}
