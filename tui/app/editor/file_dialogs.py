"""A session's steps at the screen: notices told, questions asked, work done in threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from textual.screen import Screen

from tui.app import openers
from tui.app.bindings import bound_keys
from tui.app.dialogs.questions import ReviewAnswer
from tui.app.editor.file_presentation import prompt_words, review_of
from tui.app.typed_ahead import typed_from_now
from tui.session import Leave, Notice, PathQuestion, Question, Reply, Session, Step, Work


class FileDialogs:
    """Does what a session's steps ask for, over the screen that owns it.

    ``tell`` shows a notice, ``left`` is called where the person is done with the file.
    """

    def __init__(
        self,
        screen: Screen[Any],
        session: Session,
        tell: Callable[[Notice], None],
        left: Callable[[], None],
    ) -> None:
        self._screen = screen
        self._session = session
        self._tell = tell
        self._left = left

    def show(self, step: Step | None) -> None:
        """Tell, ask, begin to work, or leave."""
        match step:
            case Notice():
                self._tell(step)
            case Question():
                self._ask(step)
            case PathQuestion():
                self._ask_for_path(step)
            case Work():
                self._screen.run_worker(self._work(step), group="file")
            case Leave():
                self._left()

    def show_history(self, say: Callable[[str], None]) -> None:
        """What was changed in this file; where it is undone there, read it again."""
        file = self._session.remembered_as
        if file is None:
            say("What came from standard input has no history.")
        else:
            self._screen.app.push_screen(
                openers.history(str(self._session.reading.path), [file]), self._history_left
            )

    def _history_left(self, put_back: tuple[str, ...] | None) -> None:
        if put_back:
            self.show(self._session.reload())

    def _ask(self, question: Question) -> None:
        kind = self._session.editing.machine.configuration.format
        review = review_of(question, kind, self._session.origin, bound_keys(self._screen.app))
        self._screen.app.push_screen(openers.review(review), partial(self._answered, question))

    def _answered(self, question: Question, answer: ReviewAnswer | None) -> None:
        reply = None if answer is None else Reply(answer.name)
        self.show(self._session.answered(question, reply, backup=answer is not None and answer.backup))

    def _ask_for_path(self, question: PathQuestion) -> None:
        other = self._session.editing.machine.other_format
        title, about = prompt_words(question, other, self._session.origin, bound_keys(self._screen.app))
        prompt = openers.prompt(title, question.suggested, about=about)
        self._screen.app.push_screen(prompt, partial(self._path_given, question))

    def _path_given(self, question: PathQuestion, text: str | None) -> None:
        self.show(self._session.path_given(question, text))

    async def _work(self, work: Work) -> None:
        has_typed = typed_from_now(self._screen.app)
        try:
            outcome = await asyncio.to_thread(work.run)
        except BaseException:  # cancelled too: no other work would ever begin
            self._session.failed(work)
            raise
        covered = not self._screen.is_current
        self.show(self._session.finished(work, outcome, typing=has_typed(), covered=covered))
