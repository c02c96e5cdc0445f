import { createServer } from 'node:http';
import express from 'express';
import { application } from './greeting';

const app = express();
app.get('/', (_request, response) => response.send('the page\n'));
const server = createServer(app); // app.listen() would make one that Treadle cannot join

void application.attach(server).then(() => server.listen(8080));
