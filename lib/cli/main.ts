#!/usr/bin/env node
import { runCommandLine } from './run-command-line.js';
import { processShell } from './shell.js';

process.exitCode = await runCommandLine(process.argv.slice(2), processShell());
