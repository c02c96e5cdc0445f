import { createHandlerDecorator } from 'treadle';
import type { Role } from './trader.js';

/** Who may call a method, or the methods of a controller: `@RequiresRole('trader')`. Means something beneath `RoleGuard`. */
export const RequiresRole = createHandlerDecorator<Role>();
