import { createAuditLog } from '../../gateway/audit/audit-log.ts';
import type { AuditLog } from '../../gateway/audit/audit-log.ts';
import { createAuditTrail } from '../../gateway/audit/audit-trail.ts';
import type { AuditTrail } from '../../gateway/audit/audit-trail.ts';
import type { ApiKeys } from '../../gateway/keys/api-keys.ts';
import type { People } from '../../gateway/people/create-people.ts';
import type { Sessions } from '../../gateway/sessions/sessions.ts';
import type { Logger } from '../../platform/logger.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { createAuditNames } from './audit-names.ts';

interface OpenAuditDeps {
  readonly deps: Pick<GatewayDeps, 'clock' | 'stores'>;
  readonly logger: Logger;
  readonly keys: ApiKeys;
  readonly people: People;
  readonly sessions: Sessions;
  readonly providerName: (id: string) => string | undefined;
}

/** Who changed what, with the names that things have. */
export function openAudit(open: OpenAuditDeps): {
  readonly auditLog: AuditLog;
  readonly audit: AuditTrail;
} {
  const { deps, logger, people, sessions } = open;
  const { clock, stores } = deps;
  const auditLog = createAuditLog({ store: stores.audit, clock, logger });
  const audit = createAuditTrail({
    ...{ log: auditLog, clock, names: createAuditNames(open) },
    people: {
      nameOf: (id) => people.nameOf(id),
      namedBy: (name) => people.passwords.personOf(name)?.name,
    },
    personOf: (token) => sessions.find(token)?.personId,
  });
  return { auditLog, audit };
}
