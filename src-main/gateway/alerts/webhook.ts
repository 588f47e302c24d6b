import type { Alert } from '../../contract/alerts.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import { newId } from '../../core/identity.ts';
import { isPrivateAddress } from '../../platform/http/public-addresses.ts';
import type { Logger } from '../../platform/logger.ts';
import type { WebhookSecret } from './webhook-secret.ts';

/** Tells alerts to a server that somebody named, by a POST with JSON, signed as Standard Webhooks has it. */
export interface Webhook {
  /** Once, now. Resolves with the status; rejects with one sentence when nobody answered. */
  send(url: string, alert: WebhookAlert): Promise<number>;
  /** In the background, and again a few times under the same id when that failed. Never throws. */
  deliver(url: string, alert: Alert): void;
  close(): void;
}

export type WebhookAlert = Alert & { readonly isTest?: true };

interface WebhookDeps {
  /** Reaches the public internet and nothing else: what a name means is checked where it is dialled. */
  readonly publicHttp: HttpClient;
  /** For an address in the owner's own network, which the owner typed. */
  readonly ownHttp: HttpClient;
  readonly secret: Pick<WebhookSecret, 'sign'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of this gateway, so that a server that hears several can tell them apart. */
  readonly gatewayName: () => string;
}

/** The same for every try: whoever has taken it once knows it again. */
interface Message {
  readonly id: string;
  readonly body: string;
}

const answerWithinMs = 10_000;
const retryAfterMs = [1000, 10_000, 60_000];
/** Deliveries that are tried at a time; more are given up. */
const maxUnderWay = 50;

export function createWebhook(deps: WebhookDeps): Webhook {
  const stop = new AbortController();
  let underWay = 0;

  function messageOf(alert: WebhookAlert): Message {
    const body = JSON.stringify({ source: 'millpond', gateway: deps.gatewayName(), alert });
    return { id: `msg_${newId()}`, body };
  }

  async function send(url: string, message: Message): Promise<number> {
    const http = isOwnNetwork(hostOf(url)) ? deps.ownHttp : deps.publicHttp;
    const response = await http.request({
      method: 'POST',
      url,
      headers: {
        ...{ 'content-type': 'application/json', 'user-agent': 'millpond' },
        ...(await deps.secret.sign(message)),
      },
      body: message.body,
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(answerWithinMs)]),
    });
    for await (const _piece of response.body) break; // its words are nobody's business
    return response.status;
  }

  async function insist(url: string, alert: Alert): Promise<void> {
    const message = messageOf(alert);
    for (const delayMs of [...retryAfterMs, undefined]) {
      const status = await send(url, message).catch((error: unknown) => {
        deps.logger.debug({ err: error, alertId: alert.id }, 'the webhook did not answer');
        return 0;
      });
      if (status >= 200 && status < 300) return;
      if (isFinal(status) || delayMs === undefined || stop.signal.aborted) {
        deps.logger.warn({ alertId: alert.id, status }, 'an alert was not taken by the webhook');
        return;
      }
      await deps.clock.sleep(delayMs, stop.signal);
    }
  }

  return {
    send: (url, alert) => send(url, messageOf(alert)),
    deliver(url, alert) {
      if (underWay >= maxUnderWay || stop.signal.aborted) return;
      underWay += 1;
      void insist(url, alert)
        .catch(() => undefined) // closed while it waited
        .finally(() => {
          underWay -= 1;
        });
    },
    close: () => {
      stop.abort();
    },
  };
}

/** What a repetition does not change: redirects, which are never followed, and refusals. */
function isFinal(status: number): boolean {
  return status >= 300 && status < 500 && status !== 408 && status !== 429;
}

/**
 * Throws `invalid-request` for what is no address of a web server, and `forbidden` where somebody else
 * than the owner names a machine of the owner's network.
 */
export function checkWebhookUrl(text: string, isOwner: boolean): void {
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url === null || !isHttp || url.username !== '' || url.password !== '') {
    throw new MillpondError(
      'invalid-request',
      'Enter the address of the webhook as https://… or http://…, without a name and password in it',
      { param: 'webhookUrl' },
    );
  }
  if (!isOwner && isOwnNetwork(url.hostname)) {
    throw new MillpondError(
      'forbidden',
      'Only the owner of this gateway may send alerts to an address inside its own network',
      { param: 'webhookUrl' },
    );
  }
}

function hostOf(url: string): string {
  return URL.parse(url)?.hostname ?? '';
}

/** An address that is written out and not public, or this machine's own name. */
function isOwnNetwork(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return isPrivateAddress(host);
}
