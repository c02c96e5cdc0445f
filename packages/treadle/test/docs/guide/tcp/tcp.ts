import 'reflect-metadata';
import { AuthenticationError, createApplication } from 'treadle';

const passcodes = new Map([['warehouse', 'sesame']]);

export const application = createApplication({
  authenticate: ({ login = '', passcode }) => {
    if (passcodes.get(login) !== passcode) throw new AuthenticationError();
    return { name: login };
  },
  startUpReport: false,
});

export async function listen(webPort: number, tcpPort: number): Promise<string> {
  try {
    await application.listen(webPort); // browsers, over WebSocket
    const { url } = await application.listenTcp(tcpPort); // services on this machine, at stomp://127.0.0.1:61613
    return url;
  } catch (error) {
    await application.stop(); // a port is taken: half of it would keep the process alive
    throw error;
  }
}
