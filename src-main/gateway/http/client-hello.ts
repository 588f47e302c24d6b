/** What a TLS client says before anything is encrypted. */
export interface ClientHello {
  /** The host that it wants to talk to; absent where it dialled an address. */
  readonly serverName?: string;
  /** Empty where it names none. */
  readonly protocols: readonly string[];
}

/** More than any client says; certificates go the other way. */
const longestHello = 65_536;
const handshakeRecord = 22;
const clientHelloMessage = 1;
const serverNameExtension = 0;
const alpnExtension = 16;

/**
 * Reads the first message of a TLS connection, as RFC 8446 (4.1.2) and its forerunners write it.
 * Undefined while it is not all there, `unknown` for what is no such message.
 */
export function readClientHello(bytes: Buffer): ClientHello | 'unknown' | undefined {
  try {
    const message = firstMessage(bytes);
    return message === undefined ? undefined : parse(new Reader(message));
  } catch (error) {
    if (error instanceof RangeError) return 'unknown';
    throw error;
  }
}

/** Put together from as many records as it was cut into; throws `RangeError` for anything else. */
function firstMessage(bytes: Buffer): Buffer | undefined {
  const pieces: Buffer[] = [];
  let position = 0;
  let length = 0;
  while (position + 5 <= bytes.length) {
    if (bytes[position] !== handshakeRecord) throw new RangeError('no handshake');
    const end = position + 5 + bytes.readUInt16BE(position + 3);
    const piece = bytes.subarray(position + 5, end);
    pieces.push(piece);
    length += piece.length;
    const message = Buffer.concat(pieces, length);
    if (length >= 4) {
      if (message[0] !== clientHelloMessage) throw new RangeError('no hello');
      const wanted = 4 + message.readUIntBE(1, 3);
      if (wanted > longestHello) throw new RangeError('too long');
      if (length >= wanted) return message.subarray(4, wanted);
    }
    position = end;
  }
  if (bytes.length > 0 && bytes[0] !== handshakeRecord) throw new RangeError('no handshake');
  if (bytes.length > longestHello) throw new RangeError('too long');
  return undefined;
}

function parse(hello: Reader): ClientHello {
  hello.skip(2 + 32); // version, random
  hello.vector(1); // session
  hello.vector(2); // ciphers
  hello.vector(1); // compression
  let serverName: string | undefined;
  let protocols: readonly string[] = [];
  if (hello.isAtEnd) return { protocols };
  const extensions = hello.vector(2);
  while (!extensions.isAtEnd) {
    const kind = extensions.number(2);
    const content = extensions.vector(2);
    if (kind === serverNameExtension) serverName = nameIn(content);
    else if (kind === alpnExtension) protocols = protocolsIn(content);
  }
  return { protocols, ...(serverName !== undefined && { serverName }) };
}

function nameIn(content: Reader): string | undefined {
  const names = content.vector(2);
  while (!names.isAtEnd) {
    const isHost = names.number(1) === 0;
    const name = names.vector(2).text();
    if (isHost) return name;
  }
  return undefined;
}

function protocolsIn(content: Reader): readonly string[] {
  const list = content.vector(2);
  const protocols: string[] = [];
  while (!list.isAtEnd) protocols.push(list.vector(1).text());
  return protocols;
}

/** Numbers and vectors one after the other; throws `RangeError` behind the end. */
class Reader {
  private readonly bytes: Buffer;
  private position = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  skip(count: number): void {
    if (this.position + count > this.bytes.length) throw new RangeError('cut off');
    this.position += count;
  }

  number(size: 1 | 2): number {
    const at = this.position;
    this.skip(size);
    return this.bytes.readUIntBE(at, size);
  }

  /** What follows its own length, which is written in so many bytes. */
  vector(size: 1 | 2): Reader {
    const length = this.number(size);
    const start = this.position;
    this.skip(length);
    return new Reader(this.bytes.subarray(start, start + length));
  }

  text(): string {
    return this.bytes.toString('latin1');
  }
}
