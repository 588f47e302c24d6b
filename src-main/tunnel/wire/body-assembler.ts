import type { BodyPart } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { maxBodyBytes, protocolError } from './protocol.ts';

/** Puts a body together that came in parts. Never holds more than was announced. */
export class BodyAssembler {
  private readonly announcedBytes: number;
  private readonly parts: Buffer[] = [];
  private bytes = 0;

  constructor(announcedBytes: number) {
    if (announcedBytes > maxBodyBytes) {
      throw protocolError(`a request of more than ${maxBodyBytes} bytes`);
    }
    this.announcedBytes = announcedBytes;
  }

  /** The whole body with its last part, undefined before. */
  add(part: BodyPart): Buffer | undefined {
    this.bytes += part.data.byteLength;
    if (this.bytes > this.announcedBytes) {
      throw protocolError('a request is longer than was announced');
    }
    this.parts.push(part.data);
    if (!part.isLast) return undefined;
    if (this.bytes < this.announcedBytes) {
      throw protocolError('a request is shorter than was announced');
    }
    return Buffer.concat(this.parts);
  }
}
