import { z } from 'zod';

const record = z.looseObject({
  time: z.string(),
  level: z.string(),
  component: z.string().optional(),
  msg: z.string().optional(),
});

/** One JSON log line as a person reads it: `14:02:11.204 warn engines: engine crashed pid=812`. */
export function formatLogLine(line: string): string {
  const parsed = record.safeParse(parseJson(line));
  if (!parsed.success) return line.trimEnd();
  const { time, level, component, msg, ...data } = parsed.data;
  const source = component === undefined ? '' : `${component}: `;
  const details = Object.entries(data).map(([name, value]) => `${name}=${formatValue(value)}`);
  return [time, level, `${source}${msg ?? ''}`, ...details].join(' ');
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // Not a record of ours: shown as it is.
  }
}

function formatValue(value: unknown): string {
  return typeof value === 'string' && !/\s/.test(value) ? value : JSON.stringify(value);
}
