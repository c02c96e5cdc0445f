import type { Application } from 'treadle';

export function publicDestinations(application: Application): readonly string[] {
  const { mappings } = application.describe();
  return mappings.flatMap(({ type, destinations }) => destinations.map((destination) => `${type} ${destination}`));
}
