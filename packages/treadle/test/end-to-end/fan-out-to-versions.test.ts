import { connect } from '@treadle/testing';
import { createApplication, silentLogger } from 'treadle';

const COLON_AND_BACKSLASH = 'C:\\temp';
const CARRIAGE_RETURN = 'one\rtwo';

/** What a subscriber reads with the rules of its own version: 1.0 has no escapes, 1.1 none for a carriage return. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  '1.0': [COLON_AND_BACKSLASH, 'one two'],
  '1.1': [COLON_AND_BACKSLASH, 'one two'],
  '1.2': [COLON_AND_BACKSLASH, CARRIAGE_RETURN],
};

// The frame is encoded for the first of them, and must not be given to the others as it is.
test.each([[['1.0', '1.1', '1.2']], [['1.2', '1.1', '1.0']], [['1.1', '1.0', '1.2']]])(
  'one message to subscribers of versions %j reaches each in the form of its version',
  async (versions) => {
    await using application = createApplication({ logger: silentLogger });
    const clients = await Promise.all(versions.map((acceptVersion) => connect(application, { acceptVersion })));
    const inboxes = await Promise.all(clients.map((client) => client.subscribe('/topic/notes')));

    await application.template.convertAndSend('/topic/notes', 'hi', {
      path: COLON_AND_BACKSLASH,
      lines: CARRIAGE_RETURN,
    });

    const messages = await Promise.all(inboxes.map((inbox) => inbox.nextMessage()));
    const read = messages.map(({ headers }) => [headers['path'], headers['lines']]);
    expect(clients.map(({ connectedFrame }) => connectedFrame?.headers['version'])).toEqual(versions);
    expect(read).toEqual(versions.map((version) => EXPECTED[version]));
    expect(messages.map(({ body }) => body)).toEqual(['hi', 'hi', 'hi']);
  },
);
