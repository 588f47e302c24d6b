/** Tells on stderr what is being measured, so that stdout carries the report alone. */
export function progress(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)}  ${text}\n`);
}
