import { createServer } from 'node:http';
import { application } from './greeting';

const server = createServer((_request, response) => response.end('the page\n'));

void application.attach(server).then(() => server.listen(8080));
