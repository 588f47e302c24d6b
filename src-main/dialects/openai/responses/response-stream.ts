import type { AnswerIdentity, StreamEncoder } from '../../stream.ts';
import type { ResponseBody } from './decode-response.ts';
import { ResponseBuilder } from './response-builder.ts';
import type { ResponseObject } from './response-object.ts';

/** Called with the whole answer, once, when it ended well. */
export type OnResponse = (response: ResponseObject) => void;

/** The semantic events of one response, numbered from 0; the last says how it ended. */
export function createResponseStream(
  asked: ResponseBody,
  answer: AnswerIdentity,
  onResponse: OnResponse,
): StreamEncoder {
  let sequence = 0;
  let frames = '';
  const builder = new ResponseBuilder(asked, answer, ({ type, ...fields }) => {
    const event = { type, sequence_number: sequence, ...fields };
    sequence += 1;
    frames += `event: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
  });
  const told = (): string => {
    const text = frames;
    frames = '';
    return text;
  };
  return {
    encode(chunk) {
      builder.add(chunk);
      return told();
    },
    end() {
      onResponse(builder.end());
      return told();
    },
    fail(error) {
      builder.fail(error);
      return told();
    },
  };
}
