/** What Linux says about processes. */
import { readFileSync } from 'node:fs';

/** Linux gives the times of /proc in these, whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;

/** Processor time of all threads of a process, in seconds, to 10 ms. */
export function cpuSeconds(pid: number): number {
  const [user, system] = times(pid);
  return user + system;
}

/** The same of its children that have ended. */
export function endedChildrenSeconds(pid: number): number {
  const [, , user, system] = times(pid);
  return user + system;
}

// utime, stime, cutime and cstime: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
function times(pid: number): [number, number, number, number] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in parentheses, which may hold spaces; the times are from the 14th on.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15);
  const [user = NaN, system = NaN, childrenUser = NaN, childrenSystem = NaN] = fields.map(
    (ticks) => Number(ticks) / TICKS_PER_SECOND,
  );
  return [user, system, childrenUser, childrenSystem];
}

/** Processor time of the whole machine that was not idle, in seconds. */
export function busySeconds(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}

/** Memory of a process in MiB: what it has now, and the most it has had. */
export function memoryOf(pid: number): { readonly rss: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { rss: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
}
