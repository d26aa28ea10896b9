import { execFileSync } from 'node:child_process';

/** Processes whose command line names something, such as a folder: to see that nothing is left running. */
export function processesNaming(text: string): readonly string[] {
  return execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text))
    .map((line) => line.trim());
}
