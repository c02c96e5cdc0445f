// Runs in a process of its own: opens the embedded database and answers the queries that the parent sends.
const { openDatabase } = require('../../dist/database/open-database.js');

async function main() {
  const database = await openDatabase({ folder: process.argv[2] });
  process.on('message', async ({ number, text, parameters }) => {
    try {
      process.send({ number, rows: await database.query(text, parameters) });
    } catch (error) {
      process.send({ number, error: error.message });
    }
  });
  process.on('SIGTERM', () => void database.close().then(() => process.exit()));
  process.send({ number: 0, rows: [] });
}

void main();
