/** Where it is told who is connected, unless the application says otherwise. */
export const DEFAULT_PRESENCE_DESTINATION = '/topic/presence';

/** Whether presence tells something at `destination`: at its own, `root`, or below. */
export function isPresenceDestination(destination: string, root: string): boolean {
  if (!destination.startsWith(root)) return false;
  const next = destination[root.length];
  return next === undefined || next === '/' || next === '.';
}
