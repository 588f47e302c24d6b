import type { MillpondError } from '../../core/error.ts';

/** Ends one attempt, not the transfer: the same request may succeed in a while. */
export class PassingFailure extends Error {
  override readonly name = 'PassingFailure';
  /** What a person is told if it never passes. */
  readonly error: MillpondError;

  constructor(error: MillpondError) {
    super(error.message, { cause: error });
    this.error = error;
  }
}

/** The other side has another file now: what arrived belongs to the old one. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged';
  readonly etag: string;

  constructor(etag: string) {
    super('the file was replaced on the other side');
    this.etag = etag;
  }
}
