"""How far a batch is: a line for people, a line of JSON for machines."""

from __future__ import annotations

import json
import time
from collections import Counter, deque
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from gouji.ingest.batch.parcel import Outcome
from gouji.ingest.messages import render
from gouji.ingest.terminal import clean
from gouji.ocr.finding import Finding

if TYPE_CHECKING:
    from gouji.ingest.terminal import Console

STATES = ("clean", "needs_review", "no_report", "failed", "known", "elsewhere", "unreadable")
_WINDOW = 60.0
_BAR = 20
_SHOWN_EVERY = 0.2


class Progress:
    """Counts what comes of documents and tells it. ``expected``: how many files there are, as far
    as that is known; a file may turn out to hold several documents.
    """

    def __init__(
        self,
        console: Console,
        *,
        as_json: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.expected = 0
        self._console, self._json, self._clock = console, as_json, clock
        self._began = clock()
        self._recent: deque[tuple[float, int]] = deque([(self._began, 0)])
        self._shown = 0.0

    @property
    def done(self) -> int:
        """Documents that have come to something."""
        return self.counts.total()

    def document(self, outcome: Outcome) -> None:
        """Count and tell what became of a document."""
        state = outcome.state if outcome.how in ("read", "set_aside") else outcome.how
        self.counts[state] += 1
        document, name = outcome.document, outcome.name or outcome.document.name
        if self._json:
            told = {"document": document.id, "name": name, "sha256": document.sha256,
                    "how": outcome.how, "state": outcome.state,
                    "seconds": round(outcome.seconds, 3)}  # fmt: skip
            self.event("document", **told, **self._told(outcome.finding))
        elif state == "failed" and outcome.finding and not self._console.quiet:
            self._console.complain(f"{clean(name)}: {self._words(outcome.finding)}")

    def problem(self, name: str, finding: Finding) -> None:
        """Tell of a place that could not be looked into."""
        self.counts["unreadable"] += 1
        if self._json:
            self.event("unreadable", name=name, **self._told(finding))
        else:
            self._console.complain(f"{clean(name)}: {self._words(finding)}")

    def fault(self, reason: str, seconds: float) -> None:
        """Tell of a fault that may pass."""
        if self._json:
            self.event("waiting", reason=reason, seconds=seconds)
        elif seconds >= 1:
            words = self._console.say("say.batch.waiting", reason=reason, seconds=round(seconds))
            self._console.complain(words)

    def event(self, what: str, /, **told: object) -> None:
        """A line of JSON."""
        if self._json:
            self._console.print(json.dumps({"event": what, **told}, ensure_ascii=False))
            self._console.flush()

    def show(self) -> None:
        """Show the bar, now and then."""
        now = self._clock()
        if now - self._shown < _SHOWN_EVERY:
            return
        self._shown = now
        self._recent.append((now, self.done))
        while now - self._recent[0][0] > _WINDOW:
            self._recent.popleft()
        self._console.show(self.line())

    def line(self) -> str:
        """Bar, count, rate, remaining time, and how many in each state."""
        say, rate = self._console.say, self.rate()
        known = max(self.expected, self.done)
        full = _BAR * self.done // known if known else 0
        left = timedelta(seconds=round((known - self.done) / rate)) if rate else "–"
        bar = "█" * full + "░" * (_BAR - full)
        told = {"bar": bar, "done": self.done, "count": known, "rate": f"{rate:.1f}", "left": left}
        return f"{say('say.batch.bar', **told)}  {self.states()}"

    def states(self) -> str:
        """How many documents in each state, in words."""
        say = self._console.say
        told = [
            say("say.of_them", state=say(f"status.batch.{state}"), count=self.counts[state])
            for state in STATES if self.counts[state]
        ]  # fmt: skip
        return say("say.between").join(told)

    def rate(self) -> float:
        """Documents a second, lately."""
        (since, before), now = self._recent[0], self._clock()
        return (self.done - before) / (now - since) if now > since else 0.0

    def seconds(self) -> float:
        """Since the beginning."""
        return self._clock() - self._began

    def _told(self, finding: Finding | None) -> dict[str, object]:
        return {"code": finding.code, "message": self._words(finding)} if finding else {}

    def _words(self, finding: Finding) -> str:
        return render(finding, self._console.language)
