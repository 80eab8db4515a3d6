"""Calls as Cline's classic core wants them: XML in the text of an answer."""

from collections.abc import Mapping

from gigagate.emulator.arguments import Hints, Kind

END = "<attempt_completion>\n<result>Готово ✅</result>\n</attempt_completion>"

_CALLS: Mapping[Kind, str] = {
    "run": """<execute_command>
<command>{0.command}</command>
<requires_approval>false</requires_approval>
</execute_command>""",
    "edit": """<replace_in_file>
<path>{0.file}</path>
<diff>
------- SEARCH
{0.old_text}
=======
{0.text}
+++++++ REPLACE
</diff>
</replace_in_file>""",
    "write": """<write_to_file>
<path>{0.file}</path>
<content>{0.text}</content>
</write_to_file>""",
    "read": """<read_file>
<path>{0.file}</path>
</read_file>""",
    "other": END,
}


def call(step: Hints) -> str:
    return _CALLS[step.kind].format(step)
