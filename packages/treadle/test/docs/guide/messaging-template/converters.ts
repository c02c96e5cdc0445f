import 'reflect-metadata';
import { Exclude, Expose } from 'class-transformer';
import { classTransformerJson, createApplication } from 'treadle';

export class Account {
  name = 'alice';
  @Exclude()
  passwordHash = 'x';
  @Expose({ groups: ['staff'] })
  balance = 7;
}

export const application = createApplication({
  messageConverters: {
    json: classTransformerJson({ groups: ['public'] }),
    defaultContentType: 'application/json',
    strictContentType: true,
  },
});
