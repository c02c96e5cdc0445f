// The default logger tells of sessions that ended with console.info; in a test run that is noise. Warnings and errors stay.
console.info = () => undefined;
