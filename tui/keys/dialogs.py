"""The keys of what a screen asks or shows over itself."""

from __future__ import annotations

from tui.keys.key import Group, Key

_ANSWER, _MOVE = Group.MESSAGE, Group.MOVE

CHOICE_LIST_KEYS = (
    Key("up,k", "move(-1)", "Up", "choice.up", "The choice above", _MOVE, shown=False),
    Key("down,j", "move(1)", "Down", "choice.down", "The choice below", _MOVE, shown=False),
    Key("home,g", "move(-1000)", "First", "choice.first", "The first choice", _MOVE, shown=False),
    Key("end,G", "move(1000)", "Last", "choice.last", "The last choice", _MOVE, shown=False),
    Key("enter,space", "take", "Choose", "choice.take", "Take the choice under the cursor", _ANSWER),
)
CHOICE_KEYS = (Key("escape,q", "leave", "Leave", "choice.leave", "Leave without choosing", _ANSWER),)
FINDINGS_KEYS = (Key("escape,q,f,enter", "leave", "Leave", "findings.leave", "Leave the findings", _ANSWER),)
HELP_KEYS = (
    Key("escape,enter", "leave", "Leave", "help.leave", "Take the filter away, else leave the help", _ANSWER),
    Key("q", "letter('q')", "Leave", "help.quit", "Leave the help, where no filter is typed", _ANSWER),
    Key(
        "question_mark",
        "letter('?')",
        "Leave",
        "help.again",
        "Leave the help, where no filter is typed",
        _ANSWER,
    ),
)
LOSSES_KEYS = (Key("escape,q,l,enter", "leave", "Leave", "losses.leave", "Leave the list", _ANSWER),)
SETTINGS_KEYS = (Key("escape,q,enter", "leave", "Leave", "settings.leave", "Leave the settings", _ANSWER),)
PROMPT_KEYS = (Key("escape", "leave", "Leave", "prompt.leave", "Leave without doing it", _ANSWER),)
REVIEW_KEYS = (
    Key("escape", "leave", "Back", "review.leave", "Go back, nothing is done", _ANSWER),
    Key("b", "backup", "Backup copy", "review.backup", "Keep the old bytes beside the file", _ANSWER),
)
BULK_KEYS = (
    Key("enter", "go_on", "Go on", "bulk.go-on", "Do it, file by file", _ANSWER),
    Key("space", "leave_out", "Leave out", "bulk.leave-out", "Leave this one out, or not", _ANSWER),
    Key("a", "accept", "Accept", "bulk.accept", "Take the remedy for those that are refused", _ANSWER),
    Key("v", "diff", "Diff", "bulk.diff", "The lines of the file that would differ", _ANSWER),
    Key("b", "backup", "Backup copy", "bulk.backup", "Keep the old bytes beside each file", _ANSWER),
    Key("r", "reload", "Reload", "bulk.reload", "Have ESXi hosts read the saved files again", _ANSWER),
    Key("escape,q", "leave", "Back", "bulk.leave", "Go back to the fleet", _ANSWER),
)
BULK_PAGE_KEYS = (Key("escape,q,enter,v", "leave", "Back", "page.back", "Go back", _ANSWER),)
DIRECTION_KEYS = (
    Key("enter,s,p", "set(True)", "In", "direction.on", "Take them in, or keep their writes", _ANSWER),
    Key("o,d", "set(False)", "Out", "direction.off", "Leave them out, or discard their writes", _ANSWER),
    Key("escape,q", "leave", "Back", "direction.leave", "Go back, nothing is done", _ANSWER),
)
QUERY_KEYS = (
    Key("tab", "take", "Complete", "query.take", "Take the offer pointed at", _MOVE, shown=False),
    Key("down", "point(1)", "Next", "query.next", "Point at the offer below", _MOVE, shown=False),
    Key("up", "point(-1)", "Back", "query.back", "Point at the offer above", _MOVE, shown=False),
)
TABLES = (
    *(CHOICE_LIST_KEYS, CHOICE_KEYS, FINDINGS_KEYS, HELP_KEYS, SETTINGS_KEYS),
    *(LOSSES_KEYS, PROMPT_KEYS, REVIEW_KEYS, BULK_KEYS, BULK_PAGE_KEYS, DIRECTION_KEYS, QUERY_KEYS),
)
