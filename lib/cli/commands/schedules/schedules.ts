import type { Command } from 'commander';
import type { Shell } from '../../shell.js';
import { addSchedulesList } from './schedules-list.js';
import { addSchedulesNext } from './schedules-next.js';
import { addSchedulesPause } from './schedules-pause.js';
import { addSchedulesRemove } from './schedules-remove.js';
import { addSchedulesResume } from './schedules-resume.js';
import { addSchedulesRun } from './schedules-run.js';

/** `kyu schedules`: those of the application, which is known by its queue name. */
export function addSchedules(program: Command, shell: Shell): void {
  const schedules = program
    .command('schedules')
    .description('recurring jobs of the application (--queue-name)');
  addSchedulesList(schedules, shell);
  addSchedulesNext(schedules, shell);
  addSchedulesRun(schedules, shell);
  addSchedulesPause(schedules, shell);
  addSchedulesResume(schedules, shell);
  addSchedulesRemove(schedules, shell);
}
