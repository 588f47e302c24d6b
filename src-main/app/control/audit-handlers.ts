import type { ControlHandlers } from '../../contract/control.ts';
import type { Clock } from '../../core/clock.ts';
import { exportAudit } from '../../gateway/audit/audit-export.ts';
import type { AuditLog } from '../../gateway/audit/audit-log.ts';

interface AuditHandlersDeps {
  readonly audit: Pick<AuditLog, 'query'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** More than a spreadsheet takes; the newest are what is asked for. */
const mostExported = 100_000;

export function createAuditHandlers({ audit, clock }: AuditHandlersDeps): ControlHandlers['audit'] {
  return {
    async list(query) {
      const { entries, total } = await audit.query(query);
      return { entries: [...entries], total };
    },
    async export({ format }) {
      const { entries } = await audit.query({ limit: mostExported });
      return exportAudit(entries, format, clock.now());
    },
  };
}
