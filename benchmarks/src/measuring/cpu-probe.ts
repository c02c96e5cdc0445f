/**
 * Loaded into a measured server before its program (`node --require`): answers every IPC message with the CPU time the
 * process has used. It costs nothing while nobody asks, and ends the server when the benchmark is gone.
 */
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on('disconnect', () => process.exit());
// The server must be able to end as if the probe were not there.
process.channel?.unref();
