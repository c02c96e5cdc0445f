import type { IncomingMessage } from 'node:http';
import { createApplication, type HandshakeInterceptor, type HandshakeRefusal, silentLogger } from 'treadle';

/** Lets nobody in without a tenant, and keeps it with the session. */
class TenantInterceptor implements HandshakeInterceptor {
  beforeHandshake(request: IncomingMessage, attributes: Map<string, unknown>): true | HandshakeRefusal {
    const tenant = request.headers['x-tenant'];
    if (tenant === undefined) return { status: 400, body: 'Say for which tenant: x-tenant.' };
    attributes.set('tenant', tenant);
    return true;
  }

  afterHandshake(_request: IncomingMessage, failure: Error | undefined): void {
    if (failure) silentLogger.info('a client was not let in', { failure });
  }
}

export const application = createApplication({
  endpoints: [{ path: '/ws', interceptors: [new TenantInterceptor()] }],
});
