/** Secrets in a map, in clear, where a test looks at them. */
export function secretsIn(map: Map<string, string>) {
  return {
    read: (name: string): Promise<string | undefined> => Promise.resolve(map.get(name)),
    write: (name: string, value: string | undefined): Promise<void> => {
      if (value === undefined) map.delete(name);
      else map.set(name, value);
      return Promise.resolve();
    },
  };
}
