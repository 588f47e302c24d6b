import type { MessagePort } from 'node:worker_threads';
import { type ErrorBody, MillpondError } from '../../core/error.ts';
import type { ExtractedText } from '../ports.ts';
import { extractText } from './extract-text.ts';

/** What the runtime hands an extraction worker: one file. */
export interface ExtractionJob {
  readonly name: string;
  readonly body: Uint8Array;
}

export type ExtractionResult =
  | { readonly type: 'extracted'; readonly text: ExtractedText }
  | { readonly type: 'refused'; readonly error: ErrorBody };

/** The worker thread's side: reads its one file and answers once. */
export async function serveExtraction(port: MessagePort, job: ExtractionJob): Promise<void> {
  port.postMessage(await extract(job));
  port.close();
}

async function extract({ name, body }: ExtractionJob): Promise<ExtractionResult> {
  try {
    return { type: 'extracted', text: await extractText(name, body) };
  } catch (error) {
    return { type: 'refused', error: MillpondError.from(error).toBody() };
  }
}
