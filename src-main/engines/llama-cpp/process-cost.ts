import type { GgufFileInfo } from 'node-llama-cpp';
import { batchSizeFor } from './context-choice.ts';

/**
 * What an engine's process takes of main memory besides what llama.cpp reports. Measured on Linux x64
 * with generated models of 0.3 to 280 MB and vocabularies of 512 to 131,072 entries; what another
 * system adds is learnt there from its own loads.
 */

/** Node, our code and llama.cpp's libraries, before they know any model. */
const processBytes = 122e6;
/** A token's text, type and rank, once in llama.cpp and once in its binding. */
const bytesPerVocabularyEntry = 740;

const bytesPerFloat = 4;
/** Rows as wide as the model that a layer works on at once, and rows as wide as its feed-forward part. */
const wideRows = 12;
const feedForwardRows = 2;

/** The process itself and what the vocabulary takes outside of llama.cpp's own count. */
export function processOverheadBytes(info: GgufFileInfo): number {
  return processBytes + bytesPerVocabularyEntry * vocabularySize(info);
}

/**
 * Memory that is set aside for the scores of a whole batch and never written: a prompt needs them for
 * its last token only. With large vocabularies that is most of the work space. Zero where the
 * layers' own needs are larger, because both share the space.
 */
export function neverWrittenBytes(info: GgufFileInfo, slots: number): number {
  const { embedding_length: width, feed_forward_length: forward } = info.architectureMetadata;
  if (width === undefined || typeof forward !== 'number') return 0;
  const rows = batchSizeFor(slots) * bytesPerFloat;
  const layers = rows * (feedForwardRows * forward + wideRows * width);
  return Math.max(0, rows * vocabularySize(info) - layers);
}

/** Rows of the table of tokens: the one place where every kind of model tells it. */
function vocabularySize({ fullTensorInfo = [] }: GgufFileInfo): number {
  const table = fullTensorInfo.find(({ name }) => name === 'token_embd.weight');
  return Number(table?.dimensions[1] ?? 0);
}
