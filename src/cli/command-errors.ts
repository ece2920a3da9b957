import type { Command, CommanderError } from 'commander';
import { UserError } from '../errors.js';
import { nearest } from '../settings/nearest.js';
import { problemLine } from '../settings/problem.js';

/**
 * What is wrong with a command line, as commander found it, in one line: what is wrong, what was expected, what
 * to do. Help and version, which commander throws as well, come back as they are.
 */
export function refusalOf(error: CommanderError, command: Command): CommanderError | UserError {
  const [first = '', second = ''] = [...error.message.matchAll(/'([^']*)'/g)].map(([, quoted]) => quoted!);
  const options = optionsOf(command);
  switch (error.code) {
    case 'commander.unknownOption':
      return refused(first, 'unknown option', `one of ${options.join(', ')}`, meant(first, options));
    case 'commander.unknownCommand': {
      const commands = commandsOf(command);
      return refused(first, 'unknown command', `one of ${commands.join(', ')}`, meant(first, commands));
    }
    case 'commander.optionMissingArgument':
      return refused(longName(first), 'has no value', `${longName(first)} ${first.split(' ').at(-1)}`);
    case 'commander.missingArgument': {
      const { description = '' } = command.registeredArguments.find((each) => each.name() === first) ?? {};
      return refused(fullName(command), `has no <${first}>`, description, usage(command));
    }
    case 'commander.conflictingOption':
      return refused(longName(first), `stands beside ${longName(second)}`, 'one of them', 'leave one out');
    case 'commander.excessArguments': {
      const extra = command.args.slice(command.registeredArguments.length).join(' ');
      const most = command.registeredArguments.length;
      const count = most === 0 ? 'no argument' : most === 1 ? 'one argument' : `${most} arguments`;
      return refused(fullName(command), `is given ${extra} as well`, count, usage(command));
    }
    default:
      return error;
  }
}

function refused(origin: string, is: string, expected: string, advice?: string): UserError {
  const problem = { pointer: '', is, expected };
  return new UserError(problemLine(origin, advice === undefined ? problem : { ...problem, advice }));
}

function meant(word: string, names: readonly string[]): string | undefined {
  const [name] = nearest(word, names);
  return name === undefined ? undefined : `did you mean ${name}?`;
}

function optionsOf(command: Command): readonly string[] {
  return [...command.options.map(({ long, short }) => long ?? short ?? ''), '--help'];
}

function commandsOf(command: Command): readonly string[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.map((each) => each.name());
}

/** Of "-V, --version" and "--workers <n>". */
function longName(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

function fullName(command: Command): string {
  return [command.parent?.name(), command.name()].filter(Boolean).join(' ');
}

function usage(command: Command): string {
  return `write ${fullName(command)} ${command.usage()}, or see ${fullName(command)} --help`;
}
