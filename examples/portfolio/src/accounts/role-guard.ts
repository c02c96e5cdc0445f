import { ApplicationError, type HandlerCall, type HandlerInterceptor } from 'treadle';
import { RequiresRole } from './requires-role.js';

/** Asks before a method what `@RequiresRole` says of it; whoever is refused has no payload read. */
export class RoleGuard implements HandlerInterceptor {
  beforeHandle({ handler, message: { user } }: HandlerCall): void {
    const needed = RequiresRole.of(handler);
    // The session's user is what `authenticate` answered: a `Trader`.
    if (needed === undefined || (user && 'role' in user && user.role === needed)) return;
    throw new ApplicationError('ROLE_MISSING', `Your account may look on, but only a ${needed} may do this.`);
  }
}
