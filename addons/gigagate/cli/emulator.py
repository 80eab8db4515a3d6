"""emulator: the local GigaChat in a terminal."""

from gigagate.emulator import command


def main(verb: str, args: list[str]) -> int:
    return command.main(args)
