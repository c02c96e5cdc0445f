/** Called once when the application starts, before it takes connections. */
export interface OnApplicationStart {
  onApplicationStart(): unknown;
}

/** Called once when the application stops, after the last session has ended; in reverse order of the starts. */
export interface OnApplicationStop {
  onApplicationStop(): unknown;
}

/** Their names. */
export const START_STOP_HOOKS = ['onApplicationStart', 'onApplicationStop'] as const;

export function hasStartHook(service: object): service is OnApplicationStart {
  return 'onApplicationStart' in service && typeof service.onApplicationStart === 'function';
}

export function hasStopHook(service: object): service is OnApplicationStop {
  return 'onApplicationStop' in service && typeof service.onApplicationStop === 'function';
}
