import { application } from './chat';

void application.listen(8080).then(({ url }) => console.log(`listening at ${url}`));
