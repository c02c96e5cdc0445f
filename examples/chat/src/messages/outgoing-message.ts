import { IsString, Length, Matches } from 'class-validator';

/** What a page SENDs to a room or a person. */
export class OutgoingMessage {
  /** Chosen once per message and kept when the page sends it again; a UUID does well. */
  @Matches(/^[\w-]{8,64}$/, { message: 'id must have 8 to 64 letters, digits, hyphens or underscores' })
  readonly id!: string; // set from JSON, checked before a handler sees it

  @IsString({ message: 'text must be a string' })
  @Length(1, 2000, { message: 'A message has 1 to 2000 characters.' })
  @Matches(/\S/, { message: 'A message needs more than blanks.' })
  readonly text!: string; // set from JSON, checked before a handler sees it
}
