import type { Contestant } from '../contestants/contestant.js';
import type { Scenario } from '../scenarios/scenario.js';
import { LoadProcess } from './load-process.js';
import { ServerProcess } from './server-process.js';

/** How long one server is driven. */
export interface Durations {
  /** Load before the measuring begins, in seconds, so that the server's code is compiled. */
  readonly warmUpSeconds: number;
  /** Load that is measured, in seconds. */
  readonly seconds: number;
}

/** What one run of a scenario on one server gave. */
export interface Measurement {
  /** Deliveries or round trips per second. */
  readonly rate: number;
  /** CPU time of the server's process for each of them, user and system, in microseconds. */
  readonly cpuMicroseconds: number;
  /** Cores that the load generator kept busy; near 1 it was the limit, not the server. */
  readonly loadCores: number;
  /** Memory the server's process has more for each of them, in KiB; measured only where a scenario asks for it. */
  readonly memoryKibibytes?: number;
}

/** Starts the server and the load anew, drives the one with the other, and ends both. @throws Error on a wrong message. */
export async function measure(scenario: Scenario, contestant: Contestant, durations: Durations): Promise<Measurement> {
  const server = await ServerProcess.start(contestant);
  try {
    return await measureServer(server, scenario, durations);
  } finally {
    await server.stop();
  }
}

async function measureServer(server: ServerProcess, scenario: Scenario, durations: Durations): Promise<Measurement> {
  const load = await LoadProcess.open(scenario.name, server.address);
  try {
    await load.run(durations.warmUpSeconds);
    // Both readings are taken while nothing is in flight, so that the CPU time is that of the counted messages.
    const memoryBefore = scenario.measuresMemory === true ? await server.residentKibibytes() : 0;
    const before = await server.cpuMicroseconds();
    const { count, seconds, cpuSeconds } = await load.run(durations.seconds);
    const after = await server.cpuMicroseconds();
    const measured = {
      rate: count / seconds,
      cpuMicroseconds: (after - before) / count,
      loadCores: cpuSeconds / seconds,
    };
    const memory =
      scenario.measuresMemory === true
        ? { memoryKibibytes: ((await server.residentKibibytes()) - memoryBefore) / count }
        : undefined;
    await load.close();
    return { ...measured, ...memory };
  } finally {
    load.stop();
  }
}
