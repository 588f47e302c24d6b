/**
 * Waits for the first item, so that an early failure can still become a proper HTTP status.
 * The result must be iterated or returned: an unstarted generator keeps its source open.
 */
export async function peek<T>(
  source: AsyncIterable<T>,
): Promise<AsyncGenerator<T, void, undefined>> {
  const reader = source[Symbol.asyncIterator]();
  const first = await reader.next();
  async function* rest(): AsyncGenerator<T, void, undefined> {
    try {
      for (let item = first; !item.done; item = await reader.next()) yield item.value;
    } finally {
      await reader.return?.();
    }
  }
  return rest();
}
