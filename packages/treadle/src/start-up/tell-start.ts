import { findingText } from '../foundation/finding.js';
import { type Logger, silentLogger } from '../foundation/logger.js';
import type { ApplicationOptions } from '../options.js';
import type { ApplicationDescription } from './application-description.js';
import { startUpLine, startUpReport } from './start-up-report.js';

/** How much is told of a start. */
export type StartUpForm = 'report' | 'line' | 'nothing';

/** What the option asks for. @param environment `NODE_ENV` */
export function startUpForm(
  option: ApplicationOptions['startUpReport'],
  logger: Logger,
  environment: string | undefined,
): StartUpForm {
  if (option === true) return 'report';
  if (option === false || logger === silentLogger || environment === 'test') return 'nothing';
  return environment === 'production' ? 'line' : 'report';
}

/** Logs the warnings; each is a line of its own, so that none is lost with the report. */
export function tellWarnings({ warnings }: ApplicationDescription, logger: Logger): void {
  for (const finding of warnings) if (finding.severity === 'warning') logger.warn(findingText(finding));
}

/** Logs that the application has started, in this form. */
export function tellStart(description: ApplicationDescription, form: StartUpForm, logger: Logger): void {
  if (form === 'report') logger.info(startUpReport(description));
  if (form === 'line') logger.info(startUpLine(description));
}
