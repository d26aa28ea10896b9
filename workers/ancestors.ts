import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What is known of a running process. */
interface Ancestor {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

const LOOK_EVERY_MS = 500;
const PACKAGE_MANAGER = /(?:^|[\s/])(?:npm|pnpm|yarn|bun)\b/;

/**
 * Calls back once when a process that this one was started by is gone, in whatever way: nothing tells a process
 * that its parent was killed. Looks twice a second, and keeps nothing alive.
 * @param reach `parent` watches the direct parent; `package-manager` also everything up to npm, which runs its
 * scripts through a shell that outlives it
 */
export function whenStarterIsGone(reach: 'parent' | 'package-manager', gone: () => void): void {
  const watched = chain(reach);
  const timer = setInterval(() => {
    if (watched.every(isUnchanged)) return;
    clearInterval(timer);
    gone();
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** This process and its ancestors, as far as they are watched. */
function chain(reach: 'parent' | 'package-manager'): readonly Ancestor[] {
  const all: Ancestor[] = [];
  for (let pid = process.pid; pid > 1;) {
    const found = look(pid);
    if (!found) break;
    all.push(found);
    pid = found.parent;
  }
  const manager = all.findIndex((one, index) => index > 0 && PACKAGE_MANAGER.test(one.command));
  const byManager = reach === 'package-manager' && process.env['npm_lifecycle_event'] !== undefined;
  return all.slice(0, byManager && manager > 0 ? manager + 1 : 2);
}

/** Still there, and still the child of whom it was: an orphan gets another parent. */
function isUnchanged(known: Ancestor, index: number, watched: readonly Ancestor[]): boolean {
  const now = look(known.pid);
  // The last one's own parent is nobody's business here.
  return now !== undefined && (index === watched.length - 1 || now.parent === known.parent);
}

/** Reads a process from where the system keeps it; undefined when it is gone or a zombie. */
function look(pid: number): Ancestor | undefined {
  return process.platform === 'linux' ? lookInProc(pid) : lookWithPs(pid);
}

function lookInProc(pid: number): Ancestor | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name in parentheses may hold anything; what follows the last one is fixed.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    const command = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { pid, parent: Number(parent), command };
  } catch {
    return undefined;
  }
}

function lookWithPs(pid: number): Ancestor | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,ppid=,command=', '-p', String(pid)], { encoding: 'utf8' });
  const [, state, parent, command] = /^(\S+)\s+(\d+)\s+(.*)$/.exec(stdout.trim()) ?? [];
  if (state === undefined || state.startsWith('Z')) return undefined;
  return { pid, parent: Number(parent), command: command ?? '' };
}
