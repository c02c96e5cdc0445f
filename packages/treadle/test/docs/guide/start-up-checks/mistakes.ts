import { type Application, ConfigurationError } from 'treadle';

export function mistakesOf(create: () => Application): readonly string[] {
  try {
    create();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.findings.map(({ location, cure }) => `${location}: ${cure}`);
  }
}
