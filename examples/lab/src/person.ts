import { IsInt, Matches, Max, Min } from 'class-validator';

/** The body of `/app/dto`. */
export class Person {
  @Matches(/^\p{L}{1,20}$/u, { message: 'name must be 1 to 20 letters' })
  name!: string; // class-transformer sets the fields

  @IsInt()
  @Min(0)
  @Max(150)
  age!: number; // class-transformer sets the fields
}
