import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { AuthenticationError, createApplication } from 'treadle';

export const application = createApplication({
  authenticate: ({ session }) => {
    const { clientCertificate } = session.handshake;
    if (!clientCertificate) throw new AuthenticationError();
    return { name: clientCertificate.subject.CN };
  },
  startUpReport: false,
});

export async function listenSecurely(folder: string, port: number): Promise<string> {
  const tls = {
    cert: readFileSync(`${folder}/server.crt`),
    key: readFileSync(`${folder}/server.key`),
    ca: readFileSync(`${folder}/authority.crt`), // who signs the clients' certificates
    requestCert: true,
  };
  const { url } = await application.listenTcp(port, '0.0.0.0', { tls });
  return url; // stomps://localhost:61614
}
