import { MillpondError } from '../../core/error.ts';

/** Where spans are sent. */
export interface TelemetryTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The collector of the settings, else that of the environment by the names that OpenTelemetry gives it;
 * undefined for neither. Throws `invalid-request` for what is no address of a web server.
 */
export function telemetryTarget(setting: string, env: Environment): TelemetryTarget | undefined {
  const base = setting || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const whole = setting ? undefined : env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  const text = whole ?? (base && `${base.replace(/\/+$/, '')}/v1/traces`);
  if (!text) return undefined;
  const url = URL.parse(text);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new MillpondError(
      'invalid-request',
      'The address of the OpenTelemetry collector has to begin with http:// or https://',
      { param: 'telemetryEndpoint' },
    );
  }
  return { url: url.href, headers: headersOf(env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '') };
}

/** `name=value,other=value`, values percent-encoded. */
function headersOf(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair) => {
    const [name = '', ...value] = pair.split('=');
    const key = name.trim().toLowerCase();
    return key === '' || value.length === 0 ? [] : [[key, decoded(value.join('=').trim())]];
  });
  return Object.fromEntries<string>(pairs.map(([name = '', value = '']) => [name, value]));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not encoded after all
  }
}
