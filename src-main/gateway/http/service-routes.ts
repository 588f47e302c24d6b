import type { FastifyInstance } from 'fastify';
import type { GatewayMetrics } from '../metrics.ts';

/** `/health` for anybody, `/metrics` for whoever has a key or a session. */
export function registerServiceRoutes(app: FastifyInstance, metrics: GatewayMetrics): void {
  app.get('/health', { config: { access: 'stranger' } }, () => ({
    status: 'ok',
    name: 'millpond',
  }));
  app.get('/metrics', { config: { access: 'known' } }, async (_request, reply) => {
    void reply.type(metrics.contentType);
    return metrics.render();
  });
}
