import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';

/**
 * An answer whose body is written piece by piece. A piece is one string for the socket, and what comes
 * within one tick leaves in one call, headers and end too: `response.write` makes four of each piece,
 * which costs a gateway more than all else that it does for a token.
 */
export class StreamBody {
  private readonly response: ServerResponse;

  constructor(response: ServerResponse) {
    this.response = response;
  }

  /** Headers leave with the first piece if it comes within this tick. Call it before `write`. */
  begin(headers: OutgoingHttpHeaders): void {
    this.gather();
    this.response.writeHead(200, headers);
    this.response.flushHeaders();
  }

  /** Whether the reader has to catch up; what is written nevertheless is kept in memory. */
  get isFull(): boolean {
    return this.target.writableNeedDrain;
  }

  /** Takes a piece. False when the reader has to catch up first: `drain` of `target` says when it has. */
  write(text: string): boolean {
    // An empty chunk would end the body.
    if (text === '') return true;
    this.gather();
    const { target, response } = this;
    return target.write(target === response ? text : chunkOf(text));
  }

  /** The last piece: the body is complete. */
  end(text: string): void {
    this.response.end(text);
  }

  /**
   * Where pieces go. HTTP/1.0 has no chunks, and an answer whose turn on its connection has not come
   * has no socket: both are left to Node.
   */
  get target(): Writable {
    const { response } = this;
    return response.chunkedEncoding ? (response.socket ?? response) : response;
  }

  private gather(): void {
    const { socket } = this.response;
    if (socket === null || socket.writableCorked > 0) return;
    socket.cork();
    process.nextTick(uncork, socket);
  }
}

function uncork(socket: Socket): void {
  socket.uncork();
}

/** As HTTP/1.1 frames a part of a body whose length nobody knows yet. */
function chunkOf(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}
